package io.carillon.alert;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a rule reports about a job, a queue or a worker.
 *
 * @param jobId null if it is about a queue or a worker
 * @param subjectId stands for the queue or the worker; null if it is about a job
 * @param subject the name of the queue or of the worker; null if it is about a job
 * @param executionId the execution that ended or runs; null if it is about none
 * @param failures how many times in a row the job has failed, or, for a recovery, had failed
 * @param at when it was noted, by the database's clock
 * @param since since when it is so; null for an end
 * @param depth how many executions wait in the queue; null if it is about none
 */
record News(
        @Nullable UUID jobId,
        @Nullable UUID subjectId,
        @Nullable String subject,
        @Nullable UUID executionId,
        Kind kind,
        int failures,
        Instant at,
        @Nullable Instant since,
        @Nullable Long depth) {

    /** Makes news about an end of an execution. */
    static News ofEnd(UUID jobId, UUID executionId, Kind kind, int failures, Instant at) {
        return new News(jobId, null, null, executionId, kind, failures, at, null, null);
    }

    /** Returns what stands for the job, the queue or the worker. */
    UUID about() {
        return Objects.requireNonNull(jobId == null ? subjectId : jobId, "it is about nothing");
    }

    /** Lists what may be reported; what begins and what ends a trouble share its word. */
    enum Kind {
        FAILED("failed", false),
        RECOVERED("failed", true),
        /** An instant was not executed. */
        SKIPPED("skipped", false),
        /** No execution planned since then has succeeded. */
        NO_SUCCESS("no-success", false),
        SUCCEEDED_AGAIN("no-success", true),
        /** The execution planned for then has not started. */
        LATE("late", false),
        STARTED_AGAIN("late", true),
        /** An attempt that started then still runs. */
        RUNS_LONG("runs-long", false),
        /** An execution planned for then has not ended. */
        UNFINISHED("unfinished", false),
        FINISHED("unfinished", true),
        /** The schedule has no next instant. */
        NOT_PLANNED("not-planned", false),
        PLANNED_AGAIN("not-planned", true),
        /** More waits in a queue, or waits longer, than it should. */
        QUEUE_BEHIND("behind", false),
        QUEUE_CAUGHT_UP("behind", true),
        /** A worker has given no sign of life since then, and was declared dead. */
        WORKER_LOST("lost", false);

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
            return this == RUNS_LONG || this == SKIPPED || this == UNFINISHED || this == FINISHED;
        }
    }
}
