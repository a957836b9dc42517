package io.carillon.alert;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a rule reports about a job.
 *
 * @param executionId the execution that ended or runs; null if it is about none
 * @param failures how many times in a row the job has failed, or, for a recovery, had failed
 * @param at when it was noted, by the database's clock
 * @param since since when it is so; null for an end
 */
record News(
        UUID jobId,
        @Nullable UUID executionId,
        Kind kind,
        int failures,
        Instant at,
        @Nullable Instant since) {
    enum Kind {
        FAILED,
        RECOVERED,
        /** No execution planned since then has succeeded. */
        NO_SUCCESS,
        SUCCEEDED_AGAIN,
        /** The execution planned for then has not started. */
        LATE,
        STARTED_AGAIN,
        /** An attempt that started then still runs. */
        RUNS_LONG
    }
}
