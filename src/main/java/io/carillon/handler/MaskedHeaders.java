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
 * Masks the values of headers such as {@code Authorization} wherever a config is shown, since its
 * readers need not know them. A client may send the mask back, which keeps the stored value.
 */
public final class MaskedHeaders {
    private static final String MASKED = "****";
    private static final String HEADERS = "headers";
    private static final Pattern NAMES =
            Pattern.compile(
                    ".*(authorization|cookie|api-?key|token|secret|password|credential|signature|\\bauth\\b).*",
                    Pattern.CASE_INSENSITIVE);

    private MaskedHeaders() {}

    /** Returns a config for clients, with masked headers. */
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

    /** Returns headers for clients, masked. */
    public static Map<String, String> shown(Map<String, String> headers) {
        var shown = new TreeMap<>(headers);
        shown.replaceAll((name, value) -> isHidden(name, value) ? MASKED : value);
        return shown;
    }

    /** Returns a config that a client sent, with the stored values in place of masks. */
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

    /** Returns headers that a client sent, likewise. */
    public static Map<String, String> kept(
            Map<String, String> headers, Map<String, String> stored) {
        var kept = new TreeMap<>(headers);
        kept.replaceAll(
                (name, value) -> isMasked(name, value) ? stored.getOrDefault(name, value) : value);
        return kept;
    }

    /** Returns the headers of a config that have a mask but no stored value. */
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

    /** Returns the same members in the same order. */
    private static ObjectNode copyWith(ObjectNode config, ObjectNode headers) {
        var copy = config.objectNode();
        copy.setAll(config);
        copy.set(HEADERS, headers);
        return copy;
    }
}
