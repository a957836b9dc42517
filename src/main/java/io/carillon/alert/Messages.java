package io.carillon.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.job.JobSummaries;
import io.carillon.json.Json;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes messages in the format of a rule's channel. */
@ApplicationScoped
class Messages {
    /** The most events that a message lists; further ones are only counted. */
    static final int MAX_EVENTS = 20;

    private static final int MAX_ERROR = 500;

    private static final int MAX_SUBJECT = 150;

    /** Discord refuses more. */
    private static final int MAX_CONTENT = 2000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Json json;
    private final JobSummaries jobs;
    private final ExecutionQueries executions;
    private final DatabaseClock clock;

    /** A message, as the execution that delivers it. */
    record Message(String type, ObjectNode config) {}

    Messages(Json json, JobSummaries jobs, ExecutionQueries executions, DatabaseClock clock) {
        this.json = json;
        this.jobs = jobs;
        this.executions = executions;
        this.clock = clock;
    }

    /** Holds news with what a message says about it. */
    private record Event(News news, String jobName, Optional<ExecutionView> execution) {
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
                case NO_SUCCESS ->
                        "%s has not succeeded since %s.".formatted(jobName, news.since());
                case SUCCEEDED_AGAIN -> "%s succeeds again.".formatted(jobName);
                case LATE ->
                        "%s is late: what was planned for %s has not started."
                                .formatted(jobName, news.since());
                case STARTED_AGAIN -> "%s is no longer late.".formatted(jobName);
                case RUNS_LONG -> "%s has been running since %s.".formatted(jobName, news.since());
            };
        }

        Optional<String> error(String field) {
            return execution
                    .map(ExecutionView::error)
                    .map(error -> error.path(field).asText())
                    .filter(text -> !text.isEmpty())
                    .map(text -> text.length() > MAX_ERROR ? text.substring(0, MAX_ERROR) : text);
        }

        ObjectNode json() {
            var event = NODES.objectNode();
            event.put("kind", news.kind().name());
            event.put("at", news.at().toString());
            if (news.since() == null) {
                event.put("failuresInARow", news.failures());
            } else {
                event.put("since", news.since().toString());
            }
            event.putObject("job").put("id", news.jobId().toString()).put("name", jobName);
            if (news.executionId() != null) {
                var ofExecution =
                        event.putObject("execution").put("id", news.executionId().toString());
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

    Message of(RuleView rule, List<News> news) {
        var told = news.subList(0, Math.min(news.size(), MAX_EVENTS));
        var names = jobs.names(Scope.EVERYTHING, told.stream().map(News::jobId).toList());
        var events = new ArrayList<Event>();
        for (var each : told) {
            events.add(
                    new Event(
                            each,
                            names.getOrDefault(each.jobId(), each.jobId().toString()),
                            found(each.executionId())));
        }
        int more = news.size() - told.size();
        String text =
                events.stream().map(Event::sentence).collect(Collectors.joining("\n"))
                        + (more > 0 ? "\nAnd " + more + " more." : "");
        return message(rule, text, events, news.size());
    }

    /** Returns the execution; empty also if this version cannot read it. */
    private Optional<ExecutionView> found(@Nullable UUID executionId) {
        try {
            return executionId == null
                    ? Optional.empty()
                    : executions.find(Scope.EVERYTHING, executionId);
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    Message ofTest(RuleView rule) {
        return message(rule, "This is a test of the rule " + rule.name() + ".", List.of(), 0);
    }

    private Message message(RuleView rule, String text, List<Event> events, int count) {
        if (rule.mail() != null) {
            return mailed(rule.mail(), subject(rule, text), text);
        }
        var webhook = rule.webhook();
        if (webhook == null) {
            throw ProblemException.invalid("webhook", "cannot be read by this version");
        }
        return posted(webhook, body(webhook, rule, text, events, count));
    }

    /** Makes a message by POST; without a body, only to check whether it could be sent. */
    Message posted(Webhook webhook, @Nullable ObjectNode body) {
        var config = NODES.objectNode().put("method", "POST").put("url", webhook.url());
        if (webhook.sign() != null) {
            config.put("sign", webhook.sign());
        }
        if (webhook.headers() != null) {
            config.set("headers", json.tree(webhook.headers()));
        }
        if (body != null) {
            // The text quotes others, so nothing in it is a placeholder.
            config.set("body", Placeholders.literal(body));
        }
        return new Message("http", config);
    }

    Message mailed(Mail mail, String subject, String text) {
        var config = NODES.objectNode();
        config.put("subject", Placeholders.literal(subject));
        config.put("text", Placeholders.literal(text));
        config.set("to", json.tree(mail.to()));
        return new Message("email_notification", config);
    }

    /** Returns the first line of the text, as a subject. */
    private static String subject(RuleView rule, String text) {
        String line = rule.name() + ": " + text.lines().findFirst().orElse("");
        String plain = line.replaceAll("\\p{Cntrl}", " ");
        return plain.length() > MAX_SUBJECT ? plain.substring(0, MAX_SUBJECT - 1) + "…" : plain;
    }

    private ObjectNode body(
            Webhook webhook, RuleView rule, String text, List<Event> events, int count) {
        return switch (webhook.formatOrDefault()) {
            case JSON -> {
                var body = NODES.objectNode();
                body.putObject("rule")
                        .put("id", rule.id().toString())
                        .put("namespace", rule.namespace())
                        .put("name", rule.name());
                body.put("sentAt", clock.now().toString());
                body.put("text", text);
                body.put("count", count);
                var array = body.putArray("events");
                events.forEach(event -> array.add(event.json()));
                yield body;
            }
            case SLACK -> NODES.objectNode().put("text", titled(rule, text));
            case DISCORD -> {
                String content = titled(rule, text);
                yield NODES.objectNode()
                        .put(
                                "content",
                                content.length() > MAX_CONTENT
                                        ? content.substring(0, MAX_CONTENT - 1) + "…"
                                        : content);
            }
        };
    }

    private static String titled(RuleView rule, String text) {
        return "Carillon, " + rule.namespace() + "/" + rule.name() + ":\n" + text;
    }
}
