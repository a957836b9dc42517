package io.carillon.execution;

/** Tells why an execution was made. */
public enum Origin {
    SCHEDULE,
    MANUAL,
    SUBMIT,
    BACKFILL,
    DEPENDENCY,
    REPLAY
}
