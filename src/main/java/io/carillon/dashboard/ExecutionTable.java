package io.carillon.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A table of executions.
 *
 * @param names whether it shows the jobs of the executions
 */
public record ExecutionTable(boolean names, List<Row> rows) {
    private static final int LONGEST_OUTCOME = 160;

    /**
     * An execution; a text is empty if there is nothing to say.
     *
     * @param name the job's name, or where the execution came from
     * @param delay from the planned instant to the start of the last attempt
     */
    public record Row(
            UUID id,
            Instant at,
            @Nullable UUID jobId,
            String name,
            ExecutionState state,
            String delay,
            String duration,
            String attempt,
            String outcome) {}

    /** Makes the table of one job. */
    public static ExecutionTable ofJob(List<ExecutionView> executions, Instant now) {
        return new ExecutionTable(
                false, executions.stream().map(each -> row(each, Map.of(), now)).toList());
    }

    /**
     * Makes the table of several jobs.
     *
     * @param names the names of the jobs
     */
    public static ExecutionTable of(
            List<ExecutionView> executions, Map<UUID, String> names, Instant now) {
        return new ExecutionTable(
                true, executions.stream().map(each -> row(each, names, now)).toList());
    }

    private static Row row(ExecutionView execution, Map<UUID, String> names, Instant now) {
        var startedAt = execution.startedAt();
        var duration = execution.duration();
        return new Row(
                execution.id(),
                execution.scheduledAt(),
                execution.jobId(),
                nameOf(execution, names),
                execution.state(),
                startedAt == null
                        ? ""
                        : TimeText.of(Duration.between(execution.scheduledAt(), startedAt)),
                duration == null ? "" : TimeText.of(duration),
                execution.attempt() > 1
                        ? execution.attempt() + " of " + execution.maxAttempts()
                        : "",
                outcomeOf(execution, now));
    }

    /** Returns the name of an execution's job, or its type if it was submitted. */
    public static String nameOf(ExecutionView execution, Map<UUID, String> names) {
        var jobId = execution.jobId();
        return jobId == null
                ? execution.type() + " (submitted)"
                : names.getOrDefault(jobId, jobId.toString());
    }

    private static String outcomeOf(ExecutionView execution, Instant now) {
        var error = execution.error();
        if (error != null && execution.state() != ExecutionState.SUCCEEDED) {
            return cut(text(error, "code") + ": " + text(error, "message"));
        }
        if (execution.reason() != null) {
            return execution.reason().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + range(execution, now);
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
