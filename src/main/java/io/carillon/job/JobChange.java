package io.carillon.job;

/** The kinds of changes that make a version of a job. */
public enum JobChange {
    CREATED,
    CHANGED,
    PAUSED,
    RESUMED,
    /** An earlier definition was made the current one again. */
    REVERTED,
    DELETED,
    /** A deleted job was brought back. */
    RESTORED,
    /** A calendar that it excludes was changed; the definition is the same. */
    CALENDAR
}
