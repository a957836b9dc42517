package io.carillon.execution.dispatch;

import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.carillon.worker.WorkerConfig;
import io.carillon.worker.WorkerStore;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Takes back the executions of workers whose lease has ended. Every replica that fires or works has
 * one, so any of them may die.
 */
@ApplicationScoped
public class Rescuer {
    private static final int MAX_BATCH = 1000;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** If rounds are further apart than this, the database or this process was away. */
    private static final Duration BREAK = Duration.ofSeconds(2);

    private final ExecutionStore store;
    private final WorkerStore workers;
    private final WorkerConfig workerConfig;
    private final ExecutionMetrics metrics;
    private final FailureLog failures;
    private final Roles roles;
    private final Loops loops;
    private final Loop loop;

    /**
     * Since when this replica has reached its database without a break. After an outage every
     * worker's heartbeat is late, so none is declared dead until each has had a whole lease to
     * renew.
     */
    private long steadySinceNanos = System.nanoTime();

    private long lastRoundNanos = System.nanoTime();

    /** The result of a round. */
    public record Round(int deadWorkers, int rescued) {}

    Rescuer(
            ExecutionStore store,
            WorkerStore workers,
            WorkerConfig workerConfig,
            ExecutionMetrics metrics,
            FailureLog failures,
            Roles roles,
            Loops loops) {
        this.store = store;
        this.workers = workers;
        this.workerConfig = workerConfig;
        this.metrics = metrics;
        this.failures = failures;
        this.roles = roles;
        this.loops = loops;
        this.loop = loops.vital("rescuer", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.movesExecutions()) {
            loops.start(loop);
        }
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        return runOnce().rescued == MAX_BATCH ? Duration.ZERO : PAUSE;
    }

    Round runOnce() {
        int dead = isSteady() ? workers.markSilent(workerConfig.lease()) : 0;
        var taken = store.rescue(MAX_BATCH);
        int rescued = taken.rows();
        for (var failed : taken.failed()) {
            failures.failed(
                    failed.jobId(),
                    null,
                    failed.id(),
                    failed.attempt(),
                    "WORKER_LOST",
                    "the worker that ran it stopped renewing its lease");
        }
        if (dead > 0 || rescued > 0) {
            metrics.rescued(rescued);
            Log.warnf("rescued executions=%d of silent workers=%d", rescued, dead);
        }
        failures.tellWhatWasLeftOut();
        lastRoundNanos = System.nanoTime();
        return new Round(dead, rescued);
    }

    private boolean isSteady() {
        long now = System.nanoTime();
        if (now - lastRoundNanos > BREAK.toNanos()) {
            steadySinceNanos = now;
        }
        return now - steadySinceNanos >= workerConfig.lease().toNanos();
    }
}
