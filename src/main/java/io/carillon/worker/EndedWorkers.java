package io.carillon.worker;

import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Removes workers that ended a week ago and hold no executions. */
@ApplicationScoped
class EndedWorkers implements Duty {
    private static final String NAME = "ended-workers";

    private final WorkerStore store;
    private final Housekeeping housekeeping;

    EndedWorkers(WorkerStore store, Housekeeping housekeeping) {
        this.store = store;
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
        store.forgetEnded();
    }
}
