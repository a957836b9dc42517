package io.carillon.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.placeholder.Placeholders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes calls to services that open an incident and close it again: PagerDuty (Events API v2) and
 * Opsgenie (Alert API). Each job, and each kind of trouble with it, is an incident of its own,
 * known by a key that stays the same, so that a repeated call changes nothing and a recovery closes
 * what the failure opened.
 */
final class Incidents {
    static final String PAGER_DUTY = "https://events.pagerduty.com/v2/enqueue";
    static final String OPSGENIE = "https://api.opsgenie.com/v2/alerts";

    private static final int MAX_SUMMARY = 1024;
    private static final int MAX_MESSAGE = 130;
    private static final int MAX_ENTITY = 512;
    private static final int MAX_TEXT = 10_000;

    private static final String SOURCE = "carillon";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Incidents() {}

    /** A call about an incident: where to, its body, and the header Authorization. */
    record Call(String incident, String url, ObjectNode body, @Nullable String authorization) {}

    /** Holds what a call says. */
    private record Said(String key, boolean isOver, String text, @Nullable Event event) {}

    /** Returns a call for each incident that the events are about: what became of it last. */
    static List<Call> calls(RuleView rule, Webhook webhook, List<Event> events) {
        Map<String, Event> last = new LinkedHashMap<>();
        for (var event : events) {
            last.put(key(rule, event.news()), event);
        }
        var calls = new ArrayList<Call>();
        last.forEach(
                (key, event) ->
                        calls.add(
                                call(
                                        rule,
                                        webhook,
                                        new Said(
                                                key,
                                                event.news().kind().isOver(),
                                                event.sentence(),
                                                event))));
        return calls;
    }

    /** Returns the calls that open an incident for a test, and close it. */
    static List<Call> test(RuleView rule, Webhook webhook, String text) {
        String key = "carillon-" + rule.id() + "-test";
        return List.of(
                call(rule, webhook, new Said(key, false, text, null)),
                call(rule, webhook, new Said(key, true, text, null)));
    }

    /** Letters, digits and hyphens, so that it may stand in a URL; at most 125. */
    private static String key(RuleView rule, News news) {
        String key = "carillon-" + rule.id() + "-" + news.about() + "-" + news.kind().trouble();
        return news.kind().isOfExecution() ? key + "-" + news.executionId() : key;
    }

    private static Call call(RuleView rule, Webhook webhook, Said said) {
        String key = Objects.requireNonNull(webhook.key(), "a key was not validated");
        return switch (webhook.formatOrDefault()) {
            case PAGERDUTY -> {
                var body = (ObjectNode) Placeholders.literal(pagerDuty(rule, webhook, said));
                yield new Call(said.key, webhook.target(), body.put("routing_key", key), null);
            }
            case OPSGENIE ->
                    new Call(
                            said.key,
                            said.isOver
                                    ? webhook.target().replaceFirst("/+$", "")
                                            + "/"
                                            + said.key
                                            + "/close?identifierType=alias"
                                    : webhook.target(),
                            (ObjectNode) Placeholders.literal(opsgenie(rule, webhook, said)),
                            "GenieKey " + key);
            case JSON, SLACK, DISCORD, TEAMS ->
                    throw new IllegalArgumentException("tells several events at once");
        };
    }

    private static ObjectNode pagerDuty(RuleView rule, Webhook webhook, Said said) {
        var body = NODES.objectNode();
        body.put("event_action", said.isOver ? "resolve" : "trigger");
        body.put("dedup_key", said.key);
        body.put("client", "Carillon");
        var payload = body.putObject("payload");
        payload.put("summary", Texts.cut(summary(rule, said), MAX_SUMMARY));
        payload.put("source", source(rule));
        payload.put("severity", webhook.severityOrDefault().severity());
        payload.put("component", component(said));
        payload.put("group", rule.namespace());
        if (said.event != null) {
            payload.put("timestamp", said.event.news().at().toString());
            payload.put("class", said.event.news().kind().name());
            payload.set("custom_details", said.event.json());
        }
        return body;
    }

    private static ObjectNode opsgenie(RuleView rule, Webhook webhook, Said said) {
        var body = NODES.objectNode().put("source", SOURCE);
        if (said.isOver) {
            return body.put("note", Texts.cut(summary(rule, said), MAX_TEXT));
        }
        body.put("message", Texts.cut(plain(said.text), MAX_MESSAGE));
        body.put("alias", said.key);
        body.put("description", Texts.cut(summary(rule, said), MAX_TEXT));
        body.put("entity", Texts.cut(component(said), MAX_ENTITY));
        body.put("priority", webhook.severityOrDefault().priority());
        var details = body.putObject("details");
        details.put("namespace", rule.namespace()).put("rule", rule.name());
        if (said.event != null) {
            details.put("kind", said.event.news().kind().name());
            if (said.event.news().jobId() != null) {
                details.put("jobId", said.event.news().jobId().toString());
            }
            if (said.event.news().executionId() != null) {
                details.put("executionId", said.event.news().executionId().toString());
            }
        }
        return body;
    }

    private static String source(RuleView rule) {
        return SOURCE + "/" + rule.namespace();
    }

    private static String component(Said said) {
        return said.event == null ? "test" : said.event.name();
    }

    private static String summary(RuleView rule, Said said) {
        return plain(said.text) + " (" + rule.namespace() + "/" + rule.name() + ")";
    }

    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
