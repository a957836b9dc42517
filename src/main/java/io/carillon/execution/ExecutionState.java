package io.carillon.execution;

import io.carillon.execution.dispatch.Dispatcher;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.execution.dispatch.Rescuer;

/** Lists the states of an execution, and who moves it on. The table's CHECKs repeat them. */
public enum ExecutionState {
    /** Waits for other executions; the last of them to end releases it. */
    BLOCKED(false),
    /** Its time to run is in the future; the {@link Promoter} queues it. */
    SCHEDULED(false),
    /** Ready to run; a {@link Dispatcher} claims it. */
    QUEUED(false),
    /** A worker runs it, until its outcome is stored or the {@link Rescuer} takes it back. */
    RUNNING(false),
    /**
     * Its target has accepted the work and answers later; the answer, or its absence at its
     * deadline, ends the attempt.
     */
    AWAITING(false),
    /** An attempt failed and another follows; the {@link Promoter} queues it. */
    RETRYING(false),
    SUCCEEDED(true),
    /** Failed for good: a dead letter. */
    FAILED(true),
    CANCELLED(true),
    /** It was planned and deliberately not executed; its reason says why. */
    SKIPPED(true);

    private final boolean isFinal;

    ExecutionState(boolean isFinal) {
        this.isFinal = isFinal;
    }

    /** Whether the state never changes again. */
    public boolean isFinal() {
        return isFinal;
    }
}
