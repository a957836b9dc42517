package io.carillon.replica;

/** What a replica can be for. */
public enum Role {
    /** It answers {@code /api/v1} and serves pages. */
    API,
    /** It fires triggers. */
    FIRING,
    /** It runs executions. */
    WORKER
}
