package io.carillon.execution;

/** The reason for which an execution was made. */
public enum Origin {
    SCHEDULE,
    MANUAL,
    SUBMIT,
    BACKFILL,
    DEPENDENCY,
    REPLAY
}
