package io.carillon.database;

import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jboss.logging.Logger;

/** Logs in one line what a start has changed in the tables; Flyway would need a dozen. */
public final class MigrationLog extends BaseCallback {
    private static final Logger LOG = Logger.getLogger(MigrationLog.class);

    private final AtomicInteger applied = new AtomicInteger();

    /** Excludes events that Flyway reports as deprecated. */
    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.AFTER_EACH_MIGRATE || event == Event.AFTER_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
        if (event == Event.AFTER_EACH_MIGRATE) {
            applied.incrementAndGet();
        } else if (event == Event.AFTER_MIGRATE && applied.get() > 0) {
            LOG.infof("tables created or upgraded migrations=%d", applied.getAndSet(0));
        }
    }
}
