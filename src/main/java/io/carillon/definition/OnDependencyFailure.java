package io.carillon.definition;

/** Decides what happens to an execution if one that it depends on does not succeed. */
public enum OnDependencyFailure {
    /** It is cancelled, and so is everything that depends on it. */
    CANCEL,
    /** It runs anyway, once all that it depends on have ended. */
    RUN
}
