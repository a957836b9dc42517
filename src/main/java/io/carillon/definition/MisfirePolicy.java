package io.carillon.definition;

/** Decides which planned instants are executed that were found later than the misfire threshold. */
public enum MisfirePolicy {
    /** Executes none. */
    SKIP,
    /** Executes the latest, if it is within the catch-up window. */
    FIRE_ONCE,
    /** Executes those within the catch-up window, at most the latest {@code catchUpLimit}. */
    FIRE_ALL
}
