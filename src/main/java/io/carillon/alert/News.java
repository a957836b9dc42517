package io.carillon.alert;

import java.time.Instant;
import java.util.UUID;

/**
 * Describes what a rule reports about a job.
 *
 * @param executionId the execution that ended
 * @param failures how many times in a row the job has failed, or, for a recovery, had failed
 * @param at when it was noted, by the database's clock
 */
record News(UUID jobId, UUID executionId, Kind kind, int failures, Instant at) {
    enum Kind {
        FAILED,
        RECOVERED
    }
}
