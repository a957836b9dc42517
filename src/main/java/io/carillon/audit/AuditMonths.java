package io.carillon.audit;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.TimePartitions;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Makes the months of the audit log ahead of time, and drops those past their retention. Partitions
 * are months, not days: a listing of the newest entries looks into each partition, and there would
 * be hundreds of days.
 */
@ApplicationScoped
class AuditMonths implements Duty {
    private static final String NAME = "audit-months";

    private final TimePartitions months;
    private final AuditConfig config;
    private final Housekeeping housekeeping;

    AuditMonths(Database database, AuditConfig config, Housekeeping housekeeping) {
        this.months =
                new TimePartitions(
                        database, "audit", TimePartitions.Unit.MONTH, (statement, month) -> {});
        this.config = config;
        this.housekeeping = housekeeping;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(10);
    }

    @Scheduled(identity = NAME, every = "10m")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    @Override
    public void run() {
        months.keep(config.retention());
    }
}
