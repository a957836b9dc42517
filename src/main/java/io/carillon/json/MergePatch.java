package io.carillon.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Applies a JSON Merge Patch, RFC 7396 §2. */
public final class MergePatch {
    private MergePatch() {}

    /** Returns the patched value; changes neither argument. */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode)) {
            return patch;
        }
        var merged =
                target instanceof ObjectNode object
                        ? object.deepCopy()
                        : JsonNodeFactory.instance.objectNode();
        for (var field : patch.properties()) {
            if (field.getValue().isNull()) {
                merged.remove(field.getKey());
            } else {
                var old = merged.get(field.getKey());
                merged.set(
                        field.getKey(),
                        apply(
                                old == null ? JsonNodeFactory.instance.objectNode() : old,
                                field.getValue()));
            }
        }
        return merged;
    }
}
