package io.carillon.housekeeping;

import org.jspecify.annotations.Nullable;

/**
 * Does the steps of a duty one after the other, such as one step per day. A failed step does not
 * stop those after it; {@link #end} throws its failure. For one round of one thread.
 */
public final class Steps {
    private @Nullable Throwable first;

    /** Does a step; keeps what it throws for the end. */
    public void run(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
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
     * @throws RuntimeException the first failure, with those of other steps suppressed in it; an
     *     {@link Error} is thrown as it is
     */
    public void end() {
        switch (first) {
            case RuntimeException failure -> throw failure;
            case Error error -> throw error;
            case null, default -> {}
        }
    }
}
