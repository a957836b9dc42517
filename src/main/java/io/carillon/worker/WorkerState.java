package io.carillon.worker;

/**
 * Lists the states of a worker as clients see them. Only those that others need are stored: {@code
 * RUNNING} (it may claim), {@code STOPPING}, {@code STOPPED} and {@code FAILED}; the first three
 * here show what a {@code RUNNING} worker does, and are derived when it is read.
 */
public enum WorkerState {
    /**
     * Registered, but has not renewed its lease yet and runs nothing; lasts at most a heartbeat.
     */
    STARTING,
    /** Runs no executions. */
    IDLE,
    /** Runs executions. */
    WORKING,
    /** Claims no more and waits for its running executions; ends by itself. */
    STOPPING,
    /** Ended after it gave everything back. Final. */
    STOPPED,
    /** Sent no heartbeat for the length of its lease, so its executions were taken back. Final. */
    FAILED;

    static WorkerState of(String stored, boolean hasRenewed, long running) {
        return switch (stored) {
            case "RUNNING" -> running > 0 ? WORKING : hasRenewed ? IDLE : STARTING;
            case "STOPPING" -> STOPPING;
            case "STOPPED" -> STOPPED;
            case "FAILED" -> FAILED;
            default -> throw new IllegalStateException("Unknown state of a worker: " + stored);
        };
    }
}
