package io.carillon.placeholder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds, checks and fills the placeholders of a config. {@code fields} are the config's fields that
 * may have placeholders; the names of their members may not.
 */
public final class Placeholders {
    /** The value used for a secret when a config is saved. */
    public static final String SAMPLE_SECRET = "x.invalid";

    private Placeholders() {}

    /** A change of a text of a config. */
    private interface Step {
        String of(String path, String text, Where where);
    }

    /** Whether a config has placeholders, or text that looks like one. */
    public static boolean areIn(JsonNode config, Map<String, Where> fields) {
        var found = new ArrayList<String>();
        if (!fields.isEmpty()) {
            var unused = rewritten(config, fields, noting(found));
        }
        return !found.isEmpty();
    }

    private static Step noting(List<String> found) {
        return (path, text, where) -> {
            found.add(path);
            return text;
        };
    }

    /** Returns the violations of a config's placeholders, each with its field. */
    public static List<Violation> violations(JsonNode config, Map<String, Where> fields) {
        var violations = new ArrayList<Violation>();
        var unused =
                rewritten(
                        config,
                        fields,
                        (path, text, where) -> {
                            try {
                                var template = Template.of(text);
                                return String.valueOf(template.placeholders().size());
                            } catch (IllegalArgumentException wrong) {
                                violations.add(
                                        new Violation(path, String.valueOf(wrong.getMessage())));
                                return text;
                            }
                        });
        return violations;
    }

    /** Returns the fields of a config by the names of the secrets that they use. */
    public static Map<String, Set<String>> secrets(JsonNode config, Map<String, Where> fields) {
        var names = new TreeMap<String, Set<String>>();
        var unused =
                rewritten(
                        config,
                        fields,
                        (path, text, where) -> {
                            for (var each : Template.of(text).placeholders()) {
                                if (each instanceof Placeholder.Secret secret) {
                                    names.computeIfAbsent(secret.name(), _ -> new TreeSet<>())
                                            .add(path);
                                }
                            }
                            return text;
                        });
        return names;
    }

    /** Whether a config uses anything of the execution that its execution follows. */
    public static boolean useCause(JsonNode config, Map<String, Where> fields) {
        var found = new ArrayList<String>();
        var unused =
                rewritten(
                        config,
                        fields,
                        (path, text, where) -> {
                            Template.of(text).placeholders().stream()
                                    .filter(Placeholder::isOfCause)
                                    .forEach(each -> found.add(path));
                            return text;
                        });
        return !found.isEmpty();
    }

    /**
     * Returns the config with its placeholders filled.
     *
     * @param secrets values by name, including every one that is used
     * @throws ProblemException 400 that names the field in which a value is not allowed
     */
    public static JsonNode filled(
            JsonNode config, Map<String, Where> fields, Facts facts, Map<String, String> secrets) {
        return rewritten(
                config,
                fields,
                (path, text, where) -> {
                    try {
                        return Template.of(text).filled(where, each -> each.value(facts, secrets));
                    } catch (IllegalArgumentException wrong) {
                        throw ProblemException.invalid(
                                "config." + path, String.valueOf(wrong.getMessage()));
                    }
                });
    }

    /** Returns the config filled with sample values, to check whether it is well-formed. */
    public static JsonNode sampled(JsonNode config, Map<String, Where> fields) {
        return rewritten(
                config,
                fields,
                (path, text, where) -> {
                    boolean isUrl = where == Where.URL && text.startsWith("{{secret.");
                    String filled =
                            Template.of(text)
                                    .filled(
                                            where,
                                            each ->
                                                    each instanceof Placeholder.Secret
                                                            ? SAMPLE_SECRET
                                                            : each.value(Facts.SAMPLE, Map.of()));
                    return isUrl ? "https://" + filled : filled;
                });
    }

    /** Escapes a text so that nothing in it is a placeholder. */
    public static String literal(String text) {
        return Template.literal(text);
    }

    /** Escapes all texts of a body. */
    public static JsonNode literal(JsonNode body) {
        return rewritten(body, "", Where.TEXT, (path, text, where) -> Template.literal(text));
    }

    private static JsonNode rewritten(JsonNode config, Map<String, Where> fields, Step step) {
        if (!(config instanceof ObjectNode object)) {
            return config;
        }
        var rewritten = object.objectNode();
        for (var field : object.properties()) {
            var where = fields.get(field.getKey());
            rewritten.set(
                    field.getKey(),
                    where == null
                            ? field.getValue()
                            : rewritten(
                                    field.getValue(),
                                    field.getKey(),
                                    narrowed(where, field.getValue(), object),
                                    step));
        }
        return rewritten;
    }

    private static Where narrowed(Where where, JsonNode value, ObjectNode config) {
        if (where != Where.BODY || !value.isTextual()) {
            return where;
        }
        String type = contentType(config.get("headers"));
        return type.contains("json")
                ? Where.JSON
                : type.contains("x-www-form-urlencoded") ? Where.FORM : Where.TEXT;
    }

    private static String contentType(@Nullable JsonNode headers) {
        if (headers != null) {
            for (var header : headers.properties()) {
                if (header.getKey().equalsIgnoreCase("Content-Type")) {
                    return header.getValue().asText().toLowerCase(Locale.ROOT);
                }
            }
        }
        return "";
    }

    private static JsonNode rewritten(JsonNode node, String path, Where where, Step step) {
        return switch (node) {
            case TextNode text when Template.isOne(text.textValue()) ->
                    TextNode.valueOf(step.of(path, text.textValue(), where));
            case ObjectNode object -> {
                var rewritten = object.objectNode();
                for (var each : object.properties()) {
                    rewritten.set(
                            each.getKey(),
                            rewritten(each.getValue(), path + "." + each.getKey(), where, step));
                }
                yield rewritten;
            }
            case ArrayNode array -> {
                var rewritten = array.arrayNode();
                for (int index = 0; index < array.size(); index++) {
                    rewritten.add(
                            rewritten(array.get(index), path + "[" + index + "]", where, step));
                }
                yield rewritten;
            }
            default -> node;
        };
    }
}
