package io.carillon.replica;

/** The parts that a replica can take. */
public enum Role {
    /** It answers {@code /api/v1} and serves pages. */
    API,
    /** It fires triggers. */
    FIRING,
    /** It runs executions. */
    WORKER
}
