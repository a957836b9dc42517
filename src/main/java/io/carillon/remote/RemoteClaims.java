package io.carillon.remote;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.dispatch.ExecutionMetrics;
import io.carillon.execution.dispatch.LimitedQueues;
import io.carillon.execution.dispatch.OutcomeRules;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Claims;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.trace.AttemptSpans;
import io.carillon.handler.Causes;
import io.carillon.handler.JobHandlers;
import io.carillon.handler.Outcome;
import io.carillon.handler.custom.CustomConfig;
import io.carillon.handler.custom.CustomHandler;
import io.carillon.placeholder.Cause;
import io.carillon.problem.ProblemException;
import io.carillon.remote.RemoteRequests.ClaimedExecution;
import io.carillon.worker.RemoteWorkerStore;
import io.carillon.worker.RemoteWorkerStore.RemoteWorker;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Claims executions for remote workers, and waits if there is nothing to claim. A claim is one
 * transaction that locks the worker's row, so that a worker makes one claim at a time, and none
 * after it has left. {@link #permits} bounds how many connections of the loops' pool claims use.
 */
@ApplicationScoped
class RemoteClaims {
    private static final int MAX_AT_ONCE = 3;
    private static final Duration FIRST_REST = Duration.ofMillis(20);
    private static final Duration LONGEST_REST = Duration.ofMillis(500);

    private final Database database;
    private final Claims claims;
    private final LimitedQueues limitedQueues;
    private final RemoteExecutions executions;
    private final RemoteWorkerStore workers;
    private final RemoteOutcomes outcomes;
    private final WaitingWorkers waiting;
    private final JobHandlers handlers;
    private final CustomHandler custom;
    private final ExecutionMetrics metrics;
    private final DatabaseClock clock;
    private final Causes causes;
    private final AttemptSpans spans;
    private final Semaphore permits = new Semaphore(MAX_AT_ONCE, true);

    /**
     * The result of one look.
     *
     * @param causes what the claimed executions follow, by their ids
     * @param untilNext when a queue's rate allows the next start; null: no rate delays one
     */
    private record Look(List<Claim> claims, Map<UUID, Cause> causes, @Nullable Duration untilNext) {
        static final Look NOTHING = new Look(List.of(), Map.of(), null);
    }

    RemoteClaims(
            @BackgroundPool Database database,
            Claims claims,
            LimitedQueues limitedQueues,
            RemoteExecutions executions,
            RemoteWorkerStore workers,
            RemoteOutcomes outcomes,
            WaitingWorkers waiting,
            JobHandlers handlers,
            CustomHandler custom,
            ExecutionMetrics metrics,
            DatabaseClock clock,
            Causes causes,
            AttemptSpans spans) {
        this.spans = spans;
        this.causes = causes;
        this.database = database;
        this.claims = claims;
        this.limitedQueues = limitedQueues;
        this.executions = executions;
        this.workers = workers;
        this.outcomes = outcomes;
        this.waiting = waiting;
        this.handlers = handlers;
        this.custom = custom;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Claims what fits into the free slots of a worker, or waits for it.
     *
     * @param wait the longest wait; zero: none
     * @param isGone whether the client no longer waits for the answer
     * @throws ProblemException 409 if the worker's lease has ended
     */
    List<ClaimedExecution> claim(
            RemoteWorker worker, int slots, Duration wait, BooleanSupplier isGone)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        try (var waiter = waiting.join(worker.id(), worker.namespace(), worker.tasks())) {
            var rest = Duration.ZERO;
            while (true) {
                var look = look(worker.id(), slots);
                var claimed =
                        look.claims.stream()
                                .flatMap(claim -> answer(claim, look.causes.get(claim.id())))
                                .toList();
                var left = Duration.ofNanos(deadline - System.nanoTime());
                if (!claimed.isEmpty() || !left.isPositive() || waiting.isStopping()) {
                    return claimed;
                }
                Thread.sleep(shorter(rest, left));
                rest = afterLookInVain(rest);
                waiter.await(look.untilNext == null ? left : shorter(look.untilNext, left));
                if (isGone.getAsBoolean()) {
                    return List.of();
                }
            }
        }
    }

    /**
     * Other claims may be quicker, or a limit may delay what is queued, so the next look does not
     * follow at once.
     */
    private static Duration afterLookInVain(Duration rest) {
        return rest.isZero() ? FIRST_REST : shorter(rest.multipliedBy(2), LONGEST_REST);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Look look(UUID workerId, int slots) throws InterruptedException {
        permits.acquire();
        try {
            return database.inTransaction(connection -> look(connection, workerId, slots));
        } finally {
            permits.release();
        }
    }

    private Look look(Connection connection, UUID workerId, int slots) throws SQLException {
        var worker = workers.lock(connection, workerId).filter(RemoteWorker::isRunning);
        if (worker.isEmpty()) {
            throw RemoteWorkers.ended(workerId);
        }
        int held = executions.slotsHeldBy(connection, workerId);
        int free = Math.min(slots, worker.get().capacity() - held);
        if (free <= 0) {
            return Look.NOTHING;
        }
        var by =
                new Claimant.Remote(
                        workerId,
                        worker.get().namespace(),
                        worker.get().tasks(),
                        worker.get().queues());
        var claimed = new ArrayList<>(claims.take(by, free, held == 0).claims());
        int left = free - Claims.slots(claimed);
        if (left <= 0) {
            return new Look(claimed, causesOf(claimed), null);
        }
        var limited = limitedQueues.claim(by, left, held == 0 && claimed.isEmpty());
        claimed.addAll(limited.claims());
        return new Look(claimed, causesOf(claimed), limited.untilNext());
    }

    private Map<UUID, Cause> causesOf(List<Claim> claims) {
        if (claims.isEmpty()) {
            return Map.of();
        }
        var times = claims.stream().map(Claim::scheduledAt).sorted().toList();
        return causes.of(
                claims.stream().map(Claim::id).toList(), times.getFirst(), times.getLast());
    }

    /**
     * Returns what the worker learns of a claim; empty if its config cannot be read, which fails
     * the execution.
     */
    private Stream<ClaimedExecution> answer(Claim claim, @Nullable Cause cause) {
        metrics.claimed(claim);
        try {
            if (claim.fault() != null) {
                throw ProblemException.invalid("config", claim.fault());
            }
            CustomConfig config =
                    handlers.config(custom, Objects.requireNonNull(claim.config(), "config"));
            return Stream.of(
                    new ClaimedExecution(
                            claim.id(),
                            claim.epoch(),
                            claim.attempt(),
                            claim.maxAttempts(),
                            Objects.requireNonNull(claim.task(), "task"),
                            config.payload(),
                            RemoteRequests.CauseView.of(cause),
                            claim.jobId(),
                            claim.jobName(),
                            claim.namespace(),
                            claim.queue(),
                            claim.weight(),
                            claim.plannedAt(),
                            claim.timeout(),
                            clock.now().plus(claim.timeout()),
                            spans.parent(claim).toString()));
        } catch (ProblemException invalid) {
            var failure =
                    Outcome.failure("INVALID_JOB", String.valueOf(invalid.getMessage()))
                            .notRetryable();
            Optional<?> unused =
                    outcomes.begin(
                            OutcomeRules.completionOf(claim, failure, clock.now()), Duration.ZERO);
            return Stream.empty();
        }
    }
}
