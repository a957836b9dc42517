package io.carillon.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.execution.ledger.ExecutionView;
import java.util.Optional;

/**
 * Holds news with what a message says about it.
 *
 * @param name of the job, the queue or the worker
 */
record Event(News news, String name, Optional<ExecutionView> execution) {
    private static final int MAX_ERROR = 500;

    String sentence() {
        int failures = news.failures();
        return switch (news.kind()) {
            case FAILED ->
                    "%s failed%s.%s"
                            .formatted(
                                    name,
                                    failures > 1 ? " " + failures + " times in a row" : "",
                                    error("message").map(message -> " " + message).orElse(""));
            case RECOVERED ->
                    "%s runs well again, after %s."
                            .formatted(
                                    name, failures == 1 ? "one failure" : failures + " failures");
            case NO_SUCCESS -> "%s has not succeeded since %s.".formatted(name, news.since());
            case SUCCEEDED_AGAIN -> "%s succeeds again.".formatted(name);
            case LATE ->
                    "%s is late: what was planned for %s has not started."
                            .formatted(name, news.since());
            case STARTED_AGAIN -> "%s is no longer late.".formatted(name);
            case RUNS_LONG -> "%s has been running since %s.".formatted(name, news.since());
            case SKIPPED -> skipped();
            case UNFINISHED ->
                    "%s has not finished what was planned for %s.".formatted(name, news.since());
            case FINISHED ->
                    "%s has finished what was planned for %s%s."
                            .formatted(
                                    name,
                                    news.since(),
                                    execution.map(each -> ": " + each.state()).orElse(""));
            case NOT_PLANNED ->
                    "%s is not planned to run again, although its schedule has no end."
                            .formatted(name);
            case PLANNED_AGAIN -> "%s is planned to run again.".formatted(name);
            case QUEUE_BEHIND ->
                    "The queue %s is behind: %d executions wait, the oldest since %s."
                            .formatted(name, news.depth(), news.since());
            case QUEUE_CAUGHT_UP -> "The queue %s is no longer behind.".formatted(name);
            case WORKER_LOST ->
                    "The worker %s is lost: no sign of life since %s."
                            .formatted(name, news.since());
        };
    }

    private String skipped() {
        if (execution.isEmpty()) {
            return "%s skipped a run.".formatted(name);
        }
        var row = execution.get();
        long count = row.skippedCount() == null ? 1 : row.skippedCount();
        return count > 1
                ? "%s did not run at %d instants from %s to %s: %s."
                        .formatted(name, count, row.scheduledAt(), row.skippedUntil(), row.reason())
                : "%s did not run at %s: %s.".formatted(name, row.scheduledAt(), row.reason());
    }

    private Optional<String> error(String field) {
        return execution
                .map(ExecutionView::error)
                .map(error -> error.path(field).asText())
                .filter(text -> !text.isEmpty())
                .map(text -> Texts.cut(text, MAX_ERROR));
    }

    ObjectNode json() {
        var event = JsonNodeFactory.instance.objectNode();
        event.put("kind", news.kind().name());
        event.put("at", news.at().toString());
        switch (news.kind()) {
            case FAILED, RECOVERED -> event.put("failuresInARow", news.failures());
            case SKIPPED -> execution.ifPresent(row -> event.put("reason", row.reason()));
            default -> event.put("since", String.valueOf(news.since()));
        }
        switch (news.kind()) {
            case QUEUE_BEHIND, QUEUE_CAUGHT_UP ->
                    event.putObject("queue").put("name", name).put("depth", news.depth());
            case WORKER_LOST ->
                    event.putObject("worker").put("id", news.about().toString()).put("name", name);
            default -> event.putObject("job").put("id", news.about().toString()).put("name", name);
        }
        if (news.executionId() != null) {
            var ofExecution = event.putObject("execution").put("id", news.executionId().toString());
            execution.ifPresent(
                    found -> {
                        ofExecution.put("scheduledAt", found.scheduledAt().toString());
                        ofExecution.put("attempt", found.attempt());
                    });
        }
        error("code")
                .ifPresent(
                        code ->
                                event.putObject("error")
                                        .put("code", code)
                                        .put("message", error("message").orElse("")));
        return event;
    }
}
