package io.carillon.definition;

/**
 * What is promised when a worker dies, or an attempt fails, between its start and its stored
 * outcome.
 */
public enum Delivery {
    /** It runs again: at least one attempt ran to its end. */
    AT_LEAST_ONCE,
    /** It never runs again: no second attempt is started. */
    AT_MOST_ONCE
}
