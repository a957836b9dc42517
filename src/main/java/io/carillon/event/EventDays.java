package io.carillon.event;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.TimePartitions;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Makes the days of events ahead of time, and drops those past their retention. */
@ApplicationScoped
class EventDays implements Duty {
    private static final String NAME = "event-days";

    private final TimePartitions days;
    private final EventConfig config;
    private final Housekeeping housekeeping;

    EventDays(Database database, EventConfig config, Housekeeping housekeeping) {
        this.days =
                new TimePartitions(
                        database,
                        "event",
                        TimePartitions.Unit.DAY,
                        (statement, day) ->
                                statement.execute(
                                        "update event_dropped set through = greatest(through, (select max(id) from "
                                                + day
                                                + "))"));
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
        days.keep(config.retention());
    }
}
