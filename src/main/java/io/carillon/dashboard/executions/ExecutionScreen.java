package io.carillon.dashboard.executions;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the page of an execution shows.
 *
 * @param name the job's name, or the type of a submission
 * @param traceLink where its trace is seen; null: not known
 * @param advice what to do about its last error; null: there is none, or nothing to say
 * @param graph its causes and consequences; null: it has none
 */
record ExecutionScreen(
        ExecutionView execution,
        String name,
        @Nullable String traceLink,
        List<Failure> failures,
        @Nullable String advice,
        @Nullable Graph graph) {

    /** A failed attempt. */
    record Failure(int attempt, String code, String message, @Nullable Instant at) {
        private static Failure of(JsonNode error) {
            String at = error.path("at").asText("");
            return new Failure(
                    error.path("attempt").asInt(),
                    error.path("code").asText(),
                    error.path("message").asText(),
                    at.isEmpty() ? null : Instant.parse(at.replace("+00:00", "Z")));
        }
    }

    static ExecutionScreen of(
            ExecutionView execution,
            String name,
            @Nullable String traceLink,
            @Nullable Graph graph) {
        var failures = new ArrayList<Failure>();
        if (execution.errors() != null) {
            execution.errors().forEach(error -> failures.add(Failure.of(error)));
        }
        var error = execution.state() == ExecutionState.SUCCEEDED ? null : execution.error();
        return new ExecutionScreen(
                execution,
                name,
                traceLink,
                failures,
                error == null ? null : Advice.of(error.path("code").asText()),
                graph);
    }

    /** How long it waited from its time to run to the start of its last attempt. */
    public @Nullable Duration waited() {
        var started = execution.startedAt();
        return started == null ? null : Duration.between(execution.scheduledAt(), started);
    }

    public boolean isActive() {
        return !execution.state().isFinal();
    }

    /** Whether it can be run again as a new execution. */
    public boolean isReplayable() {
        return (execution.state() == ExecutionState.FAILED
                        || execution.state() == ExecutionState.CANCELLED)
                && execution.replayedBy() == null;
    }
}
