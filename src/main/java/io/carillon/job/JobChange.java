package io.carillon.job;

/** Lists the kinds of changes that make a new version of a job. */
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
    /** A calendar that it excludes was changed; its definition stayed the same. */
    CALENDAR
}
