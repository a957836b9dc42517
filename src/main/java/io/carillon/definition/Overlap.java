package io.carillon.definition;

/**
 * Decides what happens to an execution that is due while an earlier one of the same job has not
 * ended. An execution has not ended while it is queued, runs, waits for its next attempt or waits
 * for its turn.
 */
public enum Overlap {
    /** It runs at the same time as the others. */
    ALLOW,
    /** It is skipped, with reason {@code OVERLAP}. */
    SKIP,
    /** It waits for its turn, if none waits yet; otherwise it is skipped. */
    QUEUE_ONE,
    /** It waits for its turn. */
    QUEUE_ALL,
    /** The others are cancelled; it runs as soon as they have ended. */
    CANCEL_RUNNING;

    /** Whether executions may wait for others of their job. */
    public boolean letsWait() {
        return switch (this) {
            case ALLOW, SKIP -> false;
            case QUEUE_ONE, QUEUE_ALL, CANCEL_RUNNING -> true;
        };
    }

    /**
     * Returns the policy for runs that must neither be lost nor overlap: they wait for their turn.
     */
    public Overlap inTurn() {
        return this == ALLOW ? ALLOW : QUEUE_ALL;
    }
}
