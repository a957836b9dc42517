package io.carillon.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Writes the bodies of messages that tell several events at once. */
final class Bodies {
    /** Discord refuses more. */
    private static final int MAX_CONTENT = 2000;

    /** Teams refuses messages of more than 28 KB, with all that is around the text. */
    private static final int MAX_CARD_BYTES = 16_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Bodies() {}

    /**
     * Says all there is to know.
     *
     * @param count of all events, those included that are not listed
     */
    static ObjectNode json(
            RuleView rule, Instant sentAt, String text, List<Event> events, long count) {
        var body = NODES.objectNode();
        body.putObject("rule")
                .put("id", rule.id().toString())
                .put("namespace", rule.namespace())
                .put("name", rule.name());
        body.put("sentAt", sentAt.toString());
        body.put("text", text);
        body.put("count", count);
        var array = body.putArray("events");
        events.forEach(event -> array.add(event.json()));
        return body;
    }

    static ObjectNode slack(RuleView rule, String text) {
        return NODES.objectNode().put("text", titled(rule, text));
    }

    static ObjectNode discord(RuleView rule, String text) {
        return NODES.objectNode().put("content", Texts.cut(titled(rule, text), MAX_CONTENT));
    }

    /**
     * Writes an Adaptive Card, as webhooks of Workflows take it. Its text is in blocks that know no
     * Markdown: it quotes others, who should not place links in it.
     */
    static ObjectNode teams(RuleView rule, String text) {
        var body = NODES.objectNode().put("type", "message");
        var attachment = body.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        attachment.putNull("contentUrl");
        var card = attachment.putObject("content");
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard").put("version", "1.4");
        card.putObject("msteams").put("width", "Full");
        var blocks = card.putArray("body");
        addTo(blocks, title(rule)).put("weight", "Bolder");
        Texts.cutToBytes(text, MAX_CARD_BYTES).lines().forEach(line -> addTo(blocks, line));
        return body;
    }

    private static ObjectNode addTo(ArrayNode blocks, String line) {
        return blocks.addObject()
                .put("type", "RichTextBlock")
                .putArray("inlines")
                .addObject()
                .put("type", "TextRun")
                .put("text", line);
    }

    private static String titled(RuleView rule, String text) {
        return title(rule) + ":\n" + text;
    }

    private static String title(RuleView rule) {
        return "Carillon, " + rule.namespace() + "/" + rule.name();
    }
}
