package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.dashboard.Strip;
import io.carillon.dashboard.Timeline;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionStats;
import io.carillon.job.JobView;
import io.carillon.job.Upcoming;
import io.carillon.job.history.RevisionView;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the page of a job shows.
 *
 * @param definition the job as JSON, as a client would write it
 * @param zone in which an instant is asked about
 * @param stats of the last seven days
 * @param earlier the cursor of the next page of executions; null on the last
 */
record JobScreen(
        JobView job,
        JsonNode definition,
        Upcoming upcoming,
        String zone,
        ExecutionStats stats,
        Strip strip,
        @Nullable Timeline timeline,
        ExecutionTable executions,
        @Nullable String earlier,
        RevisionView.Page revisions) {

    /** How many planned instants were skipped. */
    public long skipped() {
        return stats.byState().getOrDefault(ExecutionState.SKIPPED, 0L);
    }

    /** How many executions have failed for good. */
    public long failed() {
        return stats.byState().getOrDefault(ExecutionState.FAILED, 0L);
    }
}
