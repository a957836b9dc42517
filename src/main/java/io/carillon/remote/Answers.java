package io.carillon.remote;

import io.carillon.callback.Callbacks;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.OutcomeRules;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.ledger.RemoteExecutions.Held;
import io.carillon.handler.Outcome;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores what targets say later about work that they have accepted. A target may be so quick that
 * the execution still runs: then its acceptance is about to be stored, and the answer waits for
 * that.
 */
@ApplicationScoped
class Answers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final RemoteExecutions executions;
    private final RemoteOutcomes outcomes;
    private final DatabaseClock clock;

    Answers(RemoteExecutions executions, RemoteOutcomes outcomes, DatabaseClock clock) {
        this.executions = executions;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * Ends an attempt; repeating the same answer changes nothing.
     *
     * @return the state of the execution afterwards
     * @throws ProblemException 404 if the execution is no longer kept, 409 if it does not await an
     *     answer to this attempt, 503 if the answer cannot be stored now
     */
    ExecutionState end(Callbacks.Attempt attempt, Outcome outcome) {
        return whenAwaiting(
                attempt,
                held -> {
                    var completion = OutcomeRules.completionOf(held.claim(), outcome, clock.now());
                    var begun = outcomes.begin(completion, held.runningFor());
                    if (begun.isEmpty() || !RemoteOutcomes.await(begun.get())) {
                        return null;
                    }
                    return completion.state();
                },
                held -> isAsSaid(held, outcome));
    }

    /**
     * Stores progress, and how much longer the answer may take.
     *
     * @param within from now; zero: as before
     * @throws ProblemException as {@link #end}; 409 also if the answer is overdue
     */
    void putOff(Callbacks.Attempt attempt, Map<String, Object> progress, Duration within) {
        var _ =
                whenAwaiting(
                        attempt,
                        held -> {
                            if (!executions.putOff(
                                    attempt.executionId(), attempt.epoch(), progress, within)) {
                                throw RemoteOutcomes.leaseLost(held);
                            }
                            return held.state();
                        },
                        held -> false);
    }

    /**
     * @param work returns null if something else is about to end the execution
     * @param isDone whether the execution is as the work would have left it
     */
    private ExecutionState whenAwaiting(
            Callbacks.Attempt attempt,
            Function<Held, @Nullable ExecutionState> work,
            Function<Held, Boolean> isDone) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var held =
                    executions
                            .find(attempt.executionId())
                            .orElseThrow(
                                    () ->
                                            ProblemException.notFound(
                                                    "execution", attempt.executionId()));
            if (held.claim().epoch() != attempt.epoch()) {
                throw RemoteOutcomes.leaseLost(held);
            }
            if (held.state() == ExecutionState.AWAITING) {
                var state = work.apply(held);
                if (state != null) {
                    return state;
                }
            } else if (isDone.apply(held)) {
                return held.state();
            } else if (held.state() != ExecutionState.RUNNING) {
                throw RemoteOutcomes.leaseLost(held);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw RemoteOutcomes.notStored();
    }

    private static boolean isAsSaid(Held held, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Success _ -> held.state() == ExecutionState.SUCCEEDED;
            case Outcome.Failure failure ->
                    held.state() != ExecutionState.RUNNING
                            && failure.code().equals(held.errorCode());
            case Outcome.Deferred _, Outcome.HeldBack _ -> false;
        };
    }
}
