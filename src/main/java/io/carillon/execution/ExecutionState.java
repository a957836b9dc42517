package io.carillon.execution;

import io.carillon.execution.dispatch.Dispatcher;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.execution.dispatch.Rescuer;

/** The states of an execution, with who moves it on. The table's CHECKs repeat them. */
public enum ExecutionState {
    /** Waits for other executions; released by the last of them. */
    BLOCKED(false),
    /** Its time to run is ahead; the {@link Promoter} queues it. */
    SCHEDULED(false),
    /** Ready; a {@link Dispatcher} claims it. */
    QUEUED(false),
    /** A worker runs it; its outcome, or the {@link Rescuer}, ends that. */
    RUNNING(false),
    /** An attempt failed and another is ahead; the {@link Promoter} queues it. */
    RETRYING(false),
    SUCCEEDED(true),
    /** Failed for good: a dead letter. */
    FAILED(true),
    CANCELLED(true),
    /** Was planned and deliberately not executed; its reason says why. */
    SKIPPED(true);

    private final boolean isFinal;

    ExecutionState(boolean isFinal) {
        this.isFinal = isFinal;
    }

    /** Whether no one ever changes it again. */
    public boolean isFinal() {
        return isFinal;
    }
}
