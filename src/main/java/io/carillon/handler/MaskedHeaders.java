package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.Problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hides what headers such as {@code Authorization} have in clear, wherever a config is shown: its
 * readers need not know it. What is shown may be sent back, and then keeps the value that is
 * stored.
 */
public final class MaskedHeaders {
    private static final String MASKED = "****";
    private static final String HEADERS = "headers";
    private static final Pattern NAMES =
            Pattern.compile(
                    ".*(authorization|cookie|api-?key|token|secret|password|credential|signature|\\bauth\\b).*",
                    Pattern.CASE_INSENSITIVE);

    private MaskedHeaders() {}

    /** A config as it is shown. */
    public static JsonNode shown(JsonNode config) {
        if (!(config instanceof ObjectNode object)
                || !(config.get(HEADERS) instanceof ObjectNode headers)) {
            return config;
        }
        var shown = headers.objectNode();
        for (var each : headers.properties()) {
            var value = each.getValue();
            if (value.isTextual() && isHidden(each.getKey(), value.textValue())) {
                shown.put(each.getKey(), MASKED);
            } else {
                shown.set(each.getKey(), value);
            }
        }
        return copyWith(object, shown);
    }

    /** Headers as they are shown. */
    public static Map<String, String> shown(Map<String, String> headers) {
        var shown = new TreeMap<>(headers);
        shown.replaceAll((name, value) -> isHidden(name, value) ? MASKED : value);
        return shown;
    }

    /**
     * A config that somebody sends, with the values that are stored where it has what was shown in
     * their place.
     */
    public static JsonNode kept(JsonNode config, JsonNode stored) {
        if (!(config instanceof ObjectNode object)
                || !(config.get(HEADERS) instanceof ObjectNode headers)
                || !(stored.get(HEADERS) instanceof ObjectNode before)) {
            return config;
        }
        var kept = headers.deepCopy();
        for (var each : before.properties()) {
            if (isMasked(each.getKey(), kept.path(each.getKey()).textValue())) {
                kept.set(each.getKey(), each.getValue());
            }
        }
        return copyWith(object, kept);
    }

    /** Headers that somebody sends, likewise. */
    public static Map<String, String> kept(
            Map<String, String> headers, Map<String, String> stored) {
        var kept = new TreeMap<>(headers);
        kept.replaceAll(
                (name, value) -> isMasked(name, value) ? stored.getOrDefault(name, value) : value);
        return kept;
    }

    /** The headers of a config that have what is shown in place of a value, and no value. */
    static List<Violation> withoutValue(JsonNode config) {
        var violations = new ArrayList<Violation>();
        for (var each : config.path(HEADERS).properties()) {
            if (isMasked(each.getKey(), each.getValue().textValue())) {
                violations.add(
                        new Violation(
                                HEADERS + "." + each.getKey(),
                                "'****' stands for a value that is stored, and there is none"));
            }
        }
        return violations;
    }

    private static boolean isHidden(String name, String value) {
        return NAMES.matcher(name).matches() && !value.contains("{{secret.");
    }

    private static boolean isMasked(String name, @Nullable String value) {
        return MASKED.equals(value) && NAMES.matcher(name).matches();
    }

    /** The same members in the same order. */
    private static ObjectNode copyWith(ObjectNode config, ObjectNode headers) {
        var copy = config.objectNode();
        copy.setAll(config);
        copy.set(HEADERS, headers);
        return copy;
    }
}
