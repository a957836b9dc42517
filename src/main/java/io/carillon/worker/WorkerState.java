package io.carillon.worker;

/**
 * The states of a worker as clients see them. Stored is only what others decide by: {@code RUNNING}
 * (it may claim), {@code STOPPING}, {@code STOPPED} and {@code FAILED}; the first three here are
 * what a {@code RUNNING} one is doing, derived when it is read.
 */
enum WorkerState {
    /** Registered, has not renewed its lease yet and runs nothing; ends within a heartbeat. */
    STARTING,
    /** Runs nothing. */
    IDLE,
    /** Runs something. */
    WORKING,
    /** Claims no more and waits for what it runs; ends by itself. */
    STOPPING,
    /** Ended after it had given everything back. Final. */
    STOPPED,
    /** Silent for a lease, so that its executions were taken back. Final. */
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
