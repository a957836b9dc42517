package io.carillon.firing;

/** Why a planned instant was not executed; the {@code reason} of its SKIPPED row. */
enum SkipReason {
    /** It was found too late, and the job's policy does not execute it. */
    MISFIRE,
    /** It was found later than the job's catch-up window. */
    CATCH_UP_WINDOW,
    /** More instants were missed than the job's catch-up limit. */
    CATCH_UP_LIMIT,
    /** The job was paused. */
    PAUSED
}
