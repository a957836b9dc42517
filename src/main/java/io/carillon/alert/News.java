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

    /** Lists what may be reported; what begins and what ends a trouble share its word. */
    enum Kind {
        FAILED("failed", false),
        RECOVERED("failed", true),
        /** No execution planned since then has succeeded. */
        NO_SUCCESS("no-success", false),
        SUCCEEDED_AGAIN("no-success", true),
        /** The execution planned for then has not started. */
        LATE("late", false),
        STARTED_AGAIN("late", true),
        /** An attempt that started then still runs. */
        RUNS_LONG("runs-long", false);

        private final String trouble;
        private final boolean isOver;

        Kind(String trouble, boolean isOver) {
            this.trouble = trouble;
            this.isOver = isOver;
        }

        String trouble() {
            return trouble;
        }

        /** Whether a trouble that was reported has ended. */
        boolean isOver() {
            return isOver;
        }

        /** Whether it is about one execution, and so may be so of several of a job. */
        boolean isOfExecution() {
            return this == RUNS_LONG;
        }
    }
}
