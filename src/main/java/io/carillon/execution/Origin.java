package io.carillon.execution;

/** What brought an execution about. */
public enum Origin {
    SCHEDULE,
    MANUAL,
    SUBMIT,
    BACKFILL,
    DEPENDENCY,
    REPLAY
}
