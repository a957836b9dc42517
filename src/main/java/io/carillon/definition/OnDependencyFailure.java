package io.carillon.definition;

/** Decides about an execution when one it depends on ends otherwise than {@code SUCCEEDED}. */
public enum OnDependencyFailure {
    /** It is cancelled, and so is what depends on it. */
    CANCEL,
    /** It runs all the same, once all of them have ended. */
    RUN
}
