package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.dashboard.Strip;
import io.carillon.dashboard.Timeline;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.statistics.ExecutionStats;
import io.carillon.job.JobChange;
import io.carillon.job.JobView;
import io.carillon.job.Upcoming;
import io.carillon.job.history.RevisionView;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the page of a job shows.
 *
 * @param definition the job as JSON, as a client would write it
 * @param zone in which an instant is asked about
 * @param stats of the last seven days
 * @param earlier the cursor of the next page of executions; null on the last
 * @param heartbeat null unless it is a job of type heartbeat that the reader may change
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
        RevisionView.Page revisions,
        @Nullable Heartbeat heartbeat) {

    /**
     * How a job of type heartbeat is pinged.
     *
     * @param lastAt when the last ping came; null: none so far
     * @param failure what it said went wrong; null: nothing
     */
    record Heartbeat(String url, @Nullable Instant lastAt, @Nullable String failure) {}

    /** How many planned instants were skipped. */
    public long skipped() {
        return stats.byState().getOrDefault(ExecutionState.SKIPPED, 0L);
    }

    /** How many executions have failed for good. */
    public long failed() {
        return stats.byState().getOrDefault(ExecutionState.FAILED, 0L);
    }

    /**
     * Returns the change by which it was paused; null if it is not, or that is not known any more.
     */
    public @Nullable RevisionView pausing() {
        return job.enabled()
                ? null
                : revisions.items().stream()
                        .filter(revision -> revision.change() == JobChange.PAUSED)
                        .findFirst()
                        .orElse(null);
    }
}
