package io.carillon.database;

/** Lists the subjects of notifications. */
public enum Topic {
    /** A trigger is new or changed; the argument is its next fire time in epoch milliseconds. */
    SCHEDULE,
    /** Executions were queued or have a new time to run; no argument. */
    WORK,
    /** A running execution is to be cancelled; the argument is its id. */
    CANCEL,
    /** Ended executions have dependents to update, or jobs that run after theirs; no argument. */
    FOLLOW_UP,
    /** A queue was paused, resumed or given limits; no argument. */
    QUEUE,
    /** Workers were given another capacity; no argument. */
    WORKER,
    /** API keys were made or revoked; no argument. */
    KEY
}
