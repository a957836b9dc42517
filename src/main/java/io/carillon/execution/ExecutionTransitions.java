package io.carillon.execution;

import static io.carillon.execution.ExecutionState.AWAITING;
import static io.carillon.execution.ExecutionState.BLOCKED;
import static io.carillon.execution.ExecutionState.CANCELLED;
import static io.carillon.execution.ExecutionState.FAILED;
import static io.carillon.execution.ExecutionState.QUEUED;
import static io.carillon.execution.ExecutionState.RETRYING;
import static io.carillon.execution.ExecutionState.RUNNING;
import static io.carillon.execution.ExecutionState.SCHEDULED;
import static io.carillon.execution.ExecutionState.SKIPPED;
import static io.carillon.execution.ExecutionState.SUCCEEDED;

import io.carillon.execution.ledger.Claims;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionStore;
import java.util.List;

/**
 * Lists the legal changes of an execution's state, and the cause of each. The statements of {@link
 * Claims}, {@link ExecutionStore} and {@link ExecutionControl} make these changes and no others:
 * the tests watch every change in the database and compare it with this table, and {@code
 * docs/execution-states.md} is generated from it.
 */
public final class ExecutionTransitions {
    /** The causes that move an execution from one state to another. */
    public enum Cause {
        /** A worker claims it: epoch and attempt grow by one. */
        CLAIMED,
        /** The handler did its work, or the answer says that the target did. */
        ATTEMPT_SUCCEEDED,
        /** The target has accepted the work, and answers later. */
        ACCEPTED,
        /** The attempt failed, and the retry policy allows another. */
        ATTEMPT_FAILED,
        /** The attempt failed, and no other is allowed. */
        FAILED_FOR_GOOD,
        /** A stopping worker gives it back: the attempt does not count. */
        GIVEN_BACK,
        /** Its target may not be called now: nothing was begun, and the attempt does not count. */
        HELD_BACK,
        /** Its worker's heartbeat stopped: the attempt counts, and another is allowed. */
        RESCUED,
        /** Its worker's heartbeat stopped, and no other attempt is allowed. */
        WORKER_LOST,
        /** Its time to run, or to be retried, has come. */
        DUE,
        /** Everything it waited for has ended. */
        RELEASED,
        /** A client changed its time to run. */
        MOVED,
        /** A client, the end of its job, its overlap policy or a failed dependency cancels it. */
        CANCELLED,
        /** It did not start in time. */
        DEADLINE
    }

    /** One legal change. */
    public record Transition(ExecutionState from, Cause cause, ExecutionState to) {
        public Transition {
            if (from.isFinal()) {
                throw new IllegalArgumentException(
                        from + " is final: " + cause + " cannot change it");
            }
        }
    }

    private static final List<Transition> TABLE =
            List.of(
                    new Transition(BLOCKED, Cause.RELEASED, QUEUED),
                    new Transition(BLOCKED, Cause.RELEASED, SCHEDULED),
                    new Transition(BLOCKED, Cause.CANCELLED, CANCELLED),
                    new Transition(BLOCKED, Cause.DEADLINE, SKIPPED),
                    new Transition(SCHEDULED, Cause.DUE, QUEUED),
                    new Transition(SCHEDULED, Cause.MOVED, QUEUED),
                    new Transition(SCHEDULED, Cause.CANCELLED, CANCELLED),
                    new Transition(SCHEDULED, Cause.DEADLINE, SKIPPED),
                    new Transition(QUEUED, Cause.CLAIMED, RUNNING),
                    new Transition(QUEUED, Cause.MOVED, SCHEDULED),
                    new Transition(QUEUED, Cause.CANCELLED, CANCELLED),
                    new Transition(QUEUED, Cause.DEADLINE, SKIPPED),
                    new Transition(RUNNING, Cause.ATTEMPT_SUCCEEDED, SUCCEEDED),
                    new Transition(RUNNING, Cause.ACCEPTED, AWAITING),
                    new Transition(RUNNING, Cause.ATTEMPT_FAILED, RETRYING),
                    new Transition(RUNNING, Cause.HELD_BACK, RETRYING),
                    new Transition(RUNNING, Cause.FAILED_FOR_GOOD, FAILED),
                    new Transition(RUNNING, Cause.GIVEN_BACK, QUEUED),
                    new Transition(RUNNING, Cause.RESCUED, QUEUED),
                    new Transition(RUNNING, Cause.WORKER_LOST, FAILED),
                    new Transition(RUNNING, Cause.CANCELLED, CANCELLED),
                    new Transition(AWAITING, Cause.ATTEMPT_SUCCEEDED, SUCCEEDED),
                    new Transition(AWAITING, Cause.ATTEMPT_FAILED, RETRYING),
                    new Transition(AWAITING, Cause.FAILED_FOR_GOOD, FAILED),
                    new Transition(AWAITING, Cause.CANCELLED, CANCELLED),
                    new Transition(RETRYING, Cause.DUE, QUEUED),
                    new Transition(RETRYING, Cause.CANCELLED, CANCELLED));

    private ExecutionTransitions() {}

    /** Returns every legal change, grouped by the state it leaves. */
    public static List<Transition> all() {
        return TABLE;
    }

    /** Whether any cause leads from one state to the other. */
    public static boolean allows(ExecutionState from, ExecutionState to) {
        return TABLE.stream().anyMatch(row -> row.from == from && row.to == to);
    }
}
