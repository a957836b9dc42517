package io.carillon.housekeeping;

import org.jspecify.annotations.Nullable;

/**
 * Does the steps of a duty one after the other, such as one step per day. A failed step does not
 * stop those after it; {@link #end} throws its failure. For one round of one thread.
 */
public final class Steps {
    private @Nullable RuntimeException first;

    /** Does a step; keeps what it throws for the end. */
    public void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }
    }

    /**
     * Ends the round.
     *
     * @throws RuntimeException the first failure, with those of other steps suppressed in it
     */
    public void end() {
        if (first != null) {
            throw first;
        }
    }
}
