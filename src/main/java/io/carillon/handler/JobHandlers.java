package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.problem.Json;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import java.util.TreeMap;

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
     * Refuses a type that no handler has and a config its handler could not read.
     *
     * @throws ProblemException 400 that names {@code type} or the field under {@code config}
     */
    public void validate(String type, JsonNode config) {
        config(handler(type), config);
    }

    /**
     * @throws ProblemException 400 if no handler has this type
     */
    public JobHandler<?> handler(String type) {
        var handler = byType.get(type);
        if (handler == null) {
            throw ProblemException.invalid(
                    "type", "there is no type '" + type + "'; known are " + byType.keySet());
        }
        return handler;
    }

    /** The config as the handler's record. */
    public <C> C config(JobHandler<C> handler, JsonNode config) {
        return json.read(config, handler.configType(), "config.");
    }
}
