package io.carillon.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionView;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Shows an execution on the page; every component is text, which may be empty.
 *
 * @param name the job's name, or where the execution came from
 * @param delay from the planned instant to the start of the last attempt
 */
record ExecutionRow(
        String id,
        String planned,
        String name,
        String state,
        String delay,
        String duration,
        String attempt,
        String outcome) {

    private static final int LONGEST_OUTCOME = 160;

    static ExecutionRow of(ExecutionView execution, Map<UUID, String> names, Instant now) {
        var startedAt = execution.startedAt();
        var duration = execution.duration();
        return new ExecutionRow(
                execution.id().toString(),
                TimeText.at(execution.scheduledAt(), now),
                nameOf(execution, names),
                execution.state().name().toLowerCase(Locale.ROOT),
                startedAt == null
                        ? ""
                        : TimeText.of(Duration.between(execution.scheduledAt(), startedAt)),
                duration == null ? "" : TimeText.of(duration),
                execution.attempt() > 1
                        ? execution.attempt() + " of " + execution.maxAttempts()
                        : "",
                outcomeOf(execution, now));
    }

    private static String nameOf(ExecutionView execution, Map<UUID, String> names) {
        var jobId = execution.jobId();
        if (jobId == null) {
            return execution.type() + " (submitted)";
        }
        return names.getOrDefault(jobId, jobId.toString());
    }

    private static String outcomeOf(ExecutionView execution, Instant now) {
        var error = execution.error();
        if (error != null && execution.state() != ExecutionState.SUCCEEDED) {
            return cut(text(error, "code") + ": " + text(error, "message"));
        }
        if (execution.reason() != null) {
            return execution.reason() + range(execution, now);
        }
        var result = execution.result();
        return result != null && result.path("status").isInt()
                ? "HTTP " + result.path("status").intValue()
                : "";
    }

    private static String range(ExecutionView execution, Instant now) {
        var until = execution.skippedUntil();
        return until == null
                ? ""
                : " ×"
                        + String.format(Locale.ROOT, "%,d", execution.skippedCount())
                        + " until "
                        + TimeText.at(until, now);
    }

    private static String text(JsonNode error, String field) {
        return error.path(field).asText();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_OUTCOME ? text : text.substring(0, LONGEST_OUTCOME) + "…";
    }
}
