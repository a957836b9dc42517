package io.carillon.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.execution.ledger.ExecutionView;
import java.util.Optional;

/** Holds news with what a message says about it. */
record Event(News news, String jobName, Optional<ExecutionView> execution) {
    private static final int MAX_ERROR = 500;

    String sentence() {
        int failures = news.failures();
        return switch (news.kind()) {
            case FAILED ->
                    "%s failed%s.%s"
                            .formatted(
                                    jobName,
                                    failures > 1 ? " " + failures + " times in a row" : "",
                                    error("message").map(message -> " " + message).orElse(""));
            case RECOVERED ->
                    "%s runs well again, after %s."
                            .formatted(
                                    jobName,
                                    failures == 1 ? "one failure" : failures + " failures");
            case NO_SUCCESS -> "%s has not succeeded since %s.".formatted(jobName, news.since());
            case SUCCEEDED_AGAIN -> "%s succeeds again.".formatted(jobName);
            case LATE ->
                    "%s is late: what was planned for %s has not started."
                            .formatted(jobName, news.since());
            case STARTED_AGAIN -> "%s is no longer late.".formatted(jobName);
            case RUNS_LONG -> "%s has been running since %s.".formatted(jobName, news.since());
        };
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
        if (news.since() == null) {
            event.put("failuresInARow", news.failures());
        } else {
            event.put("since", news.since().toString());
        }
        event.putObject("job").put("id", news.jobId().toString()).put("name", jobName);
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
