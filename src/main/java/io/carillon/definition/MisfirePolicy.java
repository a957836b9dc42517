package io.carillon.definition;

/** Decides about planned instants that are found later than the misfire threshold. */
public enum MisfirePolicy {
    /** None of them is executed. */
    SKIP,
    /** The latest of them is executed, if it is within the catch-up window. */
    FIRE_ONCE,
    /**
     * All of them within the catch-up window are executed, the latest {@code catchUpLimit} of them.
     */
    FIRE_ALL
}
