package io.carillon.alert;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that a rule tells of a job.
 *
 * @param executionId the execution whose end it is
 * @param failures how many times in a row the job has failed; of a recovery: had failed
 * @param at when it was noted, by the database's clock
 */
record News(UUID jobId, UUID executionId, Kind kind, int failures, Instant at) {
    enum Kind {
        FAILED,
        RECOVERED
    }
}
