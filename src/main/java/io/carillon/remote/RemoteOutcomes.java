package io.carillon.remote;

import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.CompletionBatcher;
import io.carillon.execution.dispatch.ExecutionMetrics;
import io.carillon.execution.dispatch.OutcomeRules;
import io.carillon.execution.dispatch.StoredOutcomes;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.ledger.RemoteExecutions.Held;
import io.carillon.handler.Outcome;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.security.Scope;
import io.carillon.tenancy.NamespaceQuotas;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stores how executions of remote workers ended, in batches, as a replica stores its own. The
 * caller waits until its outcome is stored. Only one outcome of an execution is in progress at a
 * time; a second caller waits for the first, and then checks its result.
 */
@ApplicationScoped
class RemoteOutcomes {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How often a caller may find another outcome in progress before it counts as lost. */
    private static final int MAX_ROUNDS = 5;

    private final RemoteExecutions executions;
    private final DatabaseClock clock;
    private final StoredOutcomes outcomes;
    private final CompletionBatcher batcher;
    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();

    /** An outcome that is being stored, and how long its attempt has taken. */
    private record Pending(CompletableFuture<Boolean> stored, Duration duration) {}

    RemoteOutcomes(
            RemoteExecutions executions,
            ExecutionStore store,
            DatabaseClock clock,
            ExecutionMetrics metrics,
            NamespaceQuotas quotas,
            StoredOutcomes outcomes,
            Loops loops) {
        this.executions = executions;
        this.clock = clock;
        this.outcomes = outcomes;
        this.batcher =
                new CompletionBatcher(
                        "remote-completions",
                        store,
                        clock,
                        metrics,
                        quotas,
                        loops,
                        pending::size,
                        this::stored);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        batcher.start();
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        batcher.stop();
    }

    /**
     * Stores how an attempt ended; repeating the same outcome of the same claim changes nothing.
     *
     * @return the state of the execution afterwards
     * @throws ProblemException 404 if the caller may not see it, 409 if the claim is no longer in
     *     force, 503 if the database cannot store it now: then it may be stored later
     */
    ExecutionState end(Scope scope, UUID id, UUID workerId, long epoch, Outcome outcome) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            var held =
                    executions
                            .find(id)
                            .orElseThrow(() -> ProblemException.notFound("execution", id));
            scope.check(held.claim().namespace(), ProblemException.notFound("execution", id));
            if (!held.isBy(workerId, epoch)) {
                if (isSaidBefore(held, workerId, epoch, outcome)) {
                    return held.state();
                }
                throw leaseLost(held);
            }
            var completion = completionOf(held, outcome);
            var begun = begin(completion, held.runningFor());
            if (begun.isEmpty()) {
                var other = pending.get(id);
                var _ = other != null && await(other.stored);
                continue;
            }
            if (await(begun.get())) {
                return completion.state();
            }
        }
        throw new ProblemException(
                ProblemKind.LEASE_LOST, "This claim no longer holds the execution.");
    }

    private Completion completionOf(Held held, Outcome outcome) {
        return held.isCancelRequested() && outcome instanceof Outcome.Failure
                ? Completion.cancelled(held.claim())
                : OutcomeRules.completionOf(held.claim(), outcome, clock.now());
    }

    /**
     * Whether an execution is as this outcome of this claim left it. One that was taken back has no
     * such error.
     */
    private static boolean isSaidBefore(Held held, UUID workerId, long epoch, Outcome outcome) {
        boolean isByThis = workerId.equals(held.workerId());
        if (held.claim().epoch() != epoch) {
            return false;
        }
        return switch (outcome) {
            case Outcome.Deferred _, Outcome.HeldBack _ -> false;
            case Outcome.Success _ -> isByThis && held.state() == ExecutionState.SUCCEEDED;
            case Outcome.Failure failure ->
                    isByThis && held.state() == ExecutionState.CANCELLED
                            || held.state() != ExecutionState.RUNNING
                                    && failure.code().equals(held.errorCode());
        };
    }

    static ProblemException leaseLost(Held held) {
        return new ProblemException(
                ProblemKind.LEASE_LOST,
                "The execution is not held by this claim: it is %s, its epoch is %d."
                        .formatted(held.state(), held.claim().epoch()));
    }

    /**
     * Starts storing an outcome; empty while another of the same execution is in progress.
     *
     * @param duration of the attempt, for its metric and its span
     */
    Optional<CompletableFuture<Boolean>> begin(Completion completion, Duration duration) {
        var stored = new CompletableFuture<Boolean>();
        var added = new Pending(stored, duration);
        if (pending.putIfAbsent(completion.claim().id(), added) != null) {
            return Optional.empty();
        }
        batcher.add(completion);
        return Optional.of(stored);
    }

    /**
     * Waits until an outcome is stored; false if the claim was no longer in force.
     *
     * @throws ProblemException 503 if it is not stored soon
     */
    static boolean await(CompletableFuture<Boolean> stored) {
        try {
            return stored.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException notYet) {
            throw notStored();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw notStored();
        }
    }

    static ProblemException notStored() {
        return new ProblemException(
                ProblemKind.DATABASE_UNAVAILABLE,
                "The outcome is not stored yet, but may be later. Send it again.");
    }

    private void stored(List<Completion> batch, Set<UUID> stored) {
        for (var completion : batch) {
            var claim = completion.claim();
            boolean isStored = stored.contains(claim.id());
            var waiting = pending.remove(claim.id());
            if (isStored) {
                if (waiting != null) {
                    outcomes.ended(completion, waiting.duration);
                }
                outcomes.stored(completion);
            }
            if (waiting != null) {
                waiting.stored.complete(isStored);
            }
        }
    }
}
