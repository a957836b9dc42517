package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.placeholder.Placeholders;
import io.carillon.placeholder.Where;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a config as stored and, after the first use, as its handler's record. A job's config is
 * cached with the version of the job, so it is read and validated once per version and not before
 * each attempt.
 */
public final class StoredConfig {
    private final JsonNode json;
    private volatile @Nullable Object read;
    private volatile @Nullable Boolean hasPlaceholders;

    public StoredConfig(JsonNode json) {
        this.json = json;
    }

    JsonNode json() {
        return json;
    }

    /** Whether one of these fields has a placeholder; checked once. */
    boolean hasPlaceholders(Map<String, Where> fields) {
        var known = hasPlaceholders;
        if (known == null) {
            known = Placeholders.areIn(json, fields);
            hasPlaceholders = known;
        }
        return known;
    }

    /**
     * Returns the record. At first, several threads may read it, with the same result. A config
     * that cannot be read is not kept, and fails again.
     */
    <C> C as(Class<C> type, Supplier<C> reader) {
        var known = read;
        if (type.isInstance(known)) {
            return type.cast(known);
        }
        C value = reader.get();
        read = value;
        return value;
    }
}
