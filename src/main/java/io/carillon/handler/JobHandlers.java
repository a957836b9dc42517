package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.json.Json;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.Violations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The handlers by type name. */
@ApplicationScoped
public class JobHandlers {
    private final Map<String, JobHandler<?>> byType = new TreeMap<>();
    private final Json json;

    JobHandlers(@Any Instance<JobHandler<?>> handlers, Json json) {
        this.json = json;
        for (var handler : handlers) {
            if (byType.put(handler.type(), handler) != null) {
                throw new IllegalStateException("Two handlers for the type " + handler.type());
            }
        }
    }

    /**
     * Refuses a type that no handler has and a config its handler could not read, or refuses.
     *
     * @throws ProblemException 400 that names {@code type} or the field under {@code config}
     */
    public void validate(String type, JsonNode config) {
        check(handler(type), config);
    }

    private <C> void check(JobHandler<C> handler, JsonNode config) {
        var violations =
                handler.check(config(handler, config)).stream()
                        .map(
                                each ->
                                        new Violation(
                                                Violations.join("config.", each.field()),
                                                each.message()))
                        .toList();
        if (!violations.isEmpty()) {
            throw ProblemException.invalid(violations);
        }
    }

    /**
     * @throws ProblemException 400 if no handler has this type
     */
    public JobHandler<?> handler(String type) {
        var handler = byType.get(type);
        if (handler == null) {
            throw ProblemException.invalid("type", "there is no type '" + type + "'; " + types());
        }
        return handler;
    }

    /** Returns what is wrong with a type and its config, each with its field; none: nothing. */
    List<Violation> violations(@Nullable String type, @Nullable JsonNode config) {
        if (type == null || type.isBlank()) {
            return List.of(new Violation("type", "is missing; " + types()));
        }
        try {
            validate(type, config == null ? json.tree(Map.of()) : config);
            return List.of();
        } catch (ProblemException problem) {
            return problem.violations();
        }
    }

    private String types() {
        return "types are " + String.join(", ", byType.keySet());
    }

    /** All handlers, by type name and in its order. */
    Map<String, JobHandler<?>> all() {
        return Collections.unmodifiableMap(byType);
    }

    /**
     * The config as the handler's record, for an attempt.
     *
     * @throws ProblemException 400 if it cannot be read
     */
    public <C> C config(JobHandler<C> handler, StoredConfig config) {
        return config.as(handler.configType(), () -> config(handler, config.json()));
    }

    private <C> C config(JobHandler<C> handler, JsonNode config) {
        return json.read(config, handler.configType(), "config.");
    }
}
