package io.carillon.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Reads a column of JSON, or says why it cannot be read. Another version of Carillon, or a person,
 * may have written it; unreadable JSON fails only the execution it belongs to.
 *
 * @param value null if the column is null or cannot be read
 * @param fault why it cannot be read; null if it can
 */
public record StoredJson<T>(@Nullable T value, @Nullable String fault) {
    public static StoredJson<JsonNode> config(Json json, @Nullable String column) {
        return read(json, column, JsonNode.class, "config");
    }

    public static StoredJson<RetryPolicy> retry(Json json, @Nullable String column) {
        var read = read(json, column, RetryPolicy.class, "retry");
        return column != null && read.value == null && read.fault == null
                ? new StoredJson<>(null, "the stored retry is null")
                : read;
    }

    private static <T> StoredJson<T> read(
            Json json, @Nullable String column, Class<T> type, String name) {
        if (column == null) {
            return new StoredJson<>(null, null);
        }
        try {
            return new StoredJson<>(json.stored(column, type), null);
        } catch (RuntimeException | StackOverflowError unreadable) {
            var cause = unreadable.getCause() == null ? unreadable : unreadable.getCause();
            String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
            return new StoredJson<>(null, "the stored %s cannot be read: %s".formatted(name, why));
        }
    }
}
