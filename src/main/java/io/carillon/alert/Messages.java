package io.carillon.alert;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes messages in the format of a rule's channel. */
@ApplicationScoped
class Messages {
    /** The most events that a message lists; further ones are only counted. */
    static final int MAX_EVENTS = 20;

    private static final int MAX_SUBJECT = 150;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Json json;
    private final JobSummaries jobs;
    private final ExecutionQueries executions;
    private final DatabaseClock clock;

    /**
     * A message, as the execution that delivers it.
     *
     * @param incident the incident that it opens or closes; null for none
     */
    record Message(String type, ObjectNode config, @Nullable String incident) {}

    Messages(Json json, JobSummaries jobs, ExecutionQueries executions, DatabaseClock clock) {
        this.json = json;
        this.jobs = jobs;
        this.executions = executions;
        this.clock = clock;
    }

    /**
     * Returns the messages that tell news: one for all, or one for each incident.
     *
     * @param count how many news there are; those that are not in the list are only counted
     * @param silentUntil until when this is the last message; null: it is not
     */
    List<Message> of(RuleView rule, List<News> news, long count, @Nullable Instant silentUntil) {
        var events = events(news);
        var webhook = rule.webhook();
        return webhook != null && webhook.formatOrDefault().isOfIncidents()
                ? Incidents.calls(rule, webhook, events).stream()
                        .map(call -> called(webhook, call))
                        .toList()
                : List.of(message(rule, text(events, count, silentUntil), events, count));
    }

    List<Message> ofTest(RuleView rule) {
        String text = "This is a test of the rule " + rule.name() + ".";
        var webhook = rule.webhook();
        return webhook != null && webhook.formatOrDefault().isOfIncidents()
                ? Incidents.test(rule, webhook, text).stream()
                        .map(call -> called(webhook, call))
                        .toList()
                : List.of(message(rule, text, List.of(), 0));
    }

    /** Returns all there is to know about news, for a job that is run with it. */
    ObjectNode input(RuleView rule, List<News> news, long count, @Nullable Instant silentUntil) {
        var events = events(news);
        return Bodies.json(rule, clock.now(), text(events, count, silentUntil), events, count);
    }

    /** Returns what a job is run with for a test. */
    ObjectNode inputOfTest(RuleView rule) {
        String text = "This is a test of the rule " + rule.name() + ".";
        return Bodies.json(rule, clock.now(), text, List.of(), 0);
    }

    private List<Event> events(List<News> news) {
        var names =
                jobs.names(
                        Scope.EVERYTHING,
                        news.stream().map(News::jobId).filter(Objects::nonNull).toList());
        var events = new ArrayList<Event>();
        for (var each : news) {
            events.add(
                    new Event(
                            each,
                            each.subject() == null
                                    ? names.getOrDefault(each.about(), each.about().toString())
                                    : each.subject(),
                            found(each.executionId())));
        }
        return events;
    }

    private static String text(List<Event> events, long count, @Nullable Instant silentUntil) {
        long more = count - events.size();
        return events.stream().map(Event::sentence).collect(Collectors.joining("\n"))
                + (more > 0 ? "\nAnd " + more + " more." : "")
                + (silentUntil == null
                        ? ""
                        : "\nThis is the last message until "
                                + silentUntil
                                + "; what happens until then is told in the next one.");
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

    private Message message(RuleView rule, String text, List<Event> events, long count) {
        if (rule.mail() != null) {
            return mailed(rule.mail(), subject(rule, text), text);
        }
        var webhook = rule.webhook();
        if (webhook == null) {
            throw ProblemException.invalid("webhook", "cannot be read by this version");
        }
        var body =
                switch (webhook.formatOrDefault()) {
                    case JSON -> Bodies.json(rule, clock.now(), text, events, count);
                    case SLACK -> Bodies.slack(rule, text);
                    case DISCORD -> Bodies.discord(rule, text);
                    case TEAMS -> Bodies.teams(rule, text);
                    case PAGERDUTY, OPSGENIE ->
                            throw new IllegalArgumentException("each incident has its own");
                };
        // The text quotes others, so nothing in it is a placeholder.
        return posted(webhook, Placeholders.literal(body));
    }

    /** Makes a message as it would be, to check whether it could be sent. */
    Message sample(Webhook webhook) {
        if (!webhook.formatOrDefault().isOfIncidents()) {
            return posted(webhook, null);
        }
        return webhook.formatOrDefault() == Webhook.Format.OPSGENIE
                ? posted(webhook, webhook.target(), null, "GenieKey " + webhook.key(), null)
                : posted(
                        webhook,
                        webhook.target(),
                        NODES.objectNode().put("routing_key", webhook.key()),
                        null,
                        null);
    }

    private Message posted(Webhook webhook, @Nullable JsonNode body) {
        return posted(webhook, webhook.target(), body, null, null);
    }

    private Message called(Webhook webhook, Incidents.Call call) {
        return posted(webhook, call.url(), call.body(), call.authorization(), call.incident());
    }

    private Message posted(
            Webhook webhook,
            String url,
            @Nullable JsonNode body,
            @Nullable String authorization,
            @Nullable String incident) {
        var config = NODES.objectNode().put("method", "POST").put("url", url);
        if (webhook.sign() != null) {
            config.put("sign", webhook.sign());
        }
        Map<String, String> headers =
                new HashMap<>(webhook.headers() == null ? Map.of() : webhook.headers());
        if (authorization != null) {
            headers.put("Authorization", authorization);
        }
        if (!headers.isEmpty()) {
            config.set("headers", json.tree(headers));
        }
        if (body != null) {
            config.set("body", body);
        }
        return new Message("http", config, incident);
    }

    Message mailed(Mail mail, String subject, String text) {
        var config = NODES.objectNode();
        config.put("subject", Placeholders.literal(subject));
        config.put("text", Placeholders.literal(text));
        config.set("to", json.tree(mail.to()));
        return new Message("email_notification", config, null);
    }

    /** Returns the first line of the text, as a subject. */
    private static String subject(RuleView rule, String text) {
        String line = rule.name() + ": " + text.lines().findFirst().orElse("");
        return Texts.cut(line.replaceAll("\\p{Cntrl}", " "), MAX_SUBJECT);
    }
}
