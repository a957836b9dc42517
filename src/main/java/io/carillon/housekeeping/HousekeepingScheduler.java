package io.carillon.housekeeping;

import io.carillon.database.DatabaseException;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Starts Quartz's clustered scheduler on replicas that fire, once firing has started, and lets it
 * begin no further duty when the replica stops. Quarkus's extension waits for running duties and
 * does not interrupt them.
 */
@ApplicationScoped
class HousekeepingScheduler {
    private final Housekeeping housekeeping;
    private final DutyWatch watch;
    private final DutyStore store;
    private final Instance<Scheduler> scheduler;

    private final QuartzLog log;
    private final boolean isEnabled;

    HousekeepingScheduler(
            Housekeeping housekeeping,
            DutyWatch watch,
            DutyStore store,
            Instance<Scheduler> scheduler,
            Loops loops,
            @ConfigProperty(name = "quarkus.scheduler.enabled") boolean isEnabled) {
        this.housekeeping = housekeeping;
        this.watch = watch;
        this.store = store;
        this.scheduler = scheduler;
        this.log = new QuartzLog(loops.inTurn("housekeeping-scheduler"));
        this.isEnabled = isEnabled;
    }

    /**
     * Runs before the extension, which schedules the duties of this version as soon as it is
     * created.
     */
    void prepare(@Observes @Priority(StartOrder.BEFORE_EXTENSIONS) StartupEvent event) {
        log.install();
        try {
            watch.renew();
        } catch (DatabaseException later) {
            Log.warnf("duties not renewed yet: %s", later.getMessage());
        }
        if (isEnabled) {
            store.alone(scheduler::get);
        }
    }

    void start(@Observes @Priority(StartOrder.HOUSEKEEPING) StartupEvent event) {
        if (isEnabled) {
            scheduler.get().resume();
        }
    }

    void stop(@Observes @Priority(StartOrder.NOTIFICATIONS) ShutdownEvent event) {
        housekeeping.stop();
        log.stop();
        if (isEnabled) {
            scheduler.get().pause();
        }
    }
}
