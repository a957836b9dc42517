package io.carillon.remote;

import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseException;
import io.carillon.database.SqlFailures;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.OutcomeRules;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.ledger.RemoteExecutions.Held;
import io.carillon.handler.JobHandlers;
import io.carillon.handler.Outcome;
import io.carillon.problem.ProblemException;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Ends executions that remote workers have run for longer than their timeout, and those whose
 * answer has not come in time. The answer to the next heartbeat tells the worker. Every replica
 * that fires or works has one, so any of them may die.
 */
@ApplicationScoped
class Overdue {
    private static final int MAX_BATCH = 500;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Extra time for an outcome that was made in time and is still on its way. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final RemoteExecutions executions;
    private final RemoteOutcomes outcomes;
    private final JobHandlers handlers;
    private final DatabaseClock clock;
    private final Roles roles;
    private final Loops loops;
    private final Loop loop;

    Overdue(
            RemoteExecutions executions,
            RemoteOutcomes outcomes,
            JobHandlers handlers,
            DatabaseClock clock,
            Roles roles,
            Loops loops) {
        this.executions = executions;
        this.outcomes = outcomes;
        this.handlers = handlers;
        this.clock = clock;
        this.roles = roles;
        this.loops = loops;
        this.loop = loops.vital("overdue", this::round);
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
        runOnce();
        return PAUSE;
    }

    private void runOnce() {
        endUnanswered();
        for (var id : executions.overdue(GRACE, MAX_BATCH)) {
            executions
                    .find(id)
                    .filter(held -> held.state() == ExecutionState.RUNNING)
                    // It may have been claimed again meanwhile.
                    .filter(held -> held.runningFor().compareTo(held.claim().timeout()) > 0)
                    .ifPresent(this::end);
        }
    }

    private void endUnanswered() {
        for (var id : executions.unanswered(GRACE, MAX_BATCH)) {
            executions
                    .find(id)
                    .filter(held -> held.state() == ExecutionState.AWAITING)
                    .ifPresent(this::endUnanswered);
        }
    }

    private void endUnanswered(Held held) {
        var claim = held.claim();
        var completion = OutcomeRules.completionOf(claim, unanswered(claim), clock.now());
        if (outcomes.begin(completion, held.runningFor()).isPresent()) {
            Log.infof(
                    "answer did not come in time jobId=%s executionId=%s attempt=%d",
                    claim.jobId(), claim.id(), claim.attempt());
        }
    }

    /** Returns an outcome whatever the handler throws, so that it holds up no other execution. */
    private Outcome unanswered(Claim claim) {
        try {
            return handlers.unanswered(claim.type(), claim.id(), claim.jobId(), claim.plannedAt());
        } catch (ProblemException unknownType) {
            return Outcome.failure("INVALID_JOB", String.valueOf(unknownType.getMessage()))
                    .notRetryable();
        } catch (RuntimeException failure) {
            if (failure instanceof DatabaseException && !SqlFailures.isOfRow(failure)) {
                throw failure;
            }
            return Outcome.failure("HANDLER_ERROR", failure.toString());
        }
    }

    private void end(Held held) {
        var claim = held.claim();
        var completion =
                held.isCancelRequested()
                        ? Completion.cancelled(claim)
                        : OutcomeRules.timedOut(claim, clock.now());
        if (outcomes.begin(completion, held.runningFor()).isPresent()) {
            Log.infof(
                    "remote attempt ran for longer than it may jobId=%s executionId=%s attempt=%d worker=%s",
                    claim.jobId(), claim.id(), claim.attempt(), held.workerId());
        }
    }
}
