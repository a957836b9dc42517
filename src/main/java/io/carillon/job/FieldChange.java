package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.handler.MaskedHeaders;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Holds a field of a job before and after a change; absent if it had or has no value. */
@Schema(name = "FieldChange")
@RegisterForReflection
public record FieldChange(
        @Schema(examples = "PT30S") @Nullable JsonNode before,
        @Schema(examples = "PT1M30S") @Nullable JsonNode after) {

    /** Compares numbers by value, since 1e2 is stored and read back as 100. */
    private static final Comparator<JsonNode> SAME_JSON =
            (one, other) ->
                    one.isNumber() && other.isNumber()
                            ? one.decimalValue().compareTo(other.decimalValue())
                            : one.equals(other) ? 0 : 1;

    /** Returns the fields in which two objects differ, by name. */
    public static Map<String, FieldChange> between(JsonNode before, JsonNode after) {
        var changes = new TreeMap<String, FieldChange>();
        var names = new TreeSet<String>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            var was = before.get(name);
            var is = after.get(name);
            if (was == null || is == null || !is.equals(SAME_JSON, was)) {
                changes.put(name, new FieldChange(was, is));
            }
        }
        return changes;
    }

    /** Returns changes for clients, with the values of headers in the config masked. */
    public static Map<String, FieldChange> shown(Map<String, FieldChange> changes) {
        var shown = new TreeMap<>(changes);
        shown.computeIfPresent(
                "config",
                (field, change) -> new FieldChange(shown(change.before), shown(change.after)));
        return shown;
    }

    private static @Nullable JsonNode shown(@Nullable JsonNode config) {
        return config == null ? null : MaskedHeaders.shown(config);
    }
}
