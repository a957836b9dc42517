package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.json.Json;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.Violations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds handlers by type name. */
@ApplicationScoped
public class JobHandlers {
    private final Map<String, JobHandler<?>> byType = new TreeMap<>();
    private final PlaceholderRuns placeholders;
    private final Json json;

    JobHandlers(@Any Instance<JobHandler<?>> handlers, PlaceholderRuns placeholders, Json json) {
        this.placeholders = placeholders;
        this.json = json;
        for (var handler : handlers) {
            if (byType.put(handler.type(), handler) != null) {
                throw new IllegalStateException("Two handlers for the type " + handler.type());
            }
        }
    }

    /**
     * Refuses a type that no handler has, a config its handler could not read, or refuses, and one
     * with a secret that is not there.
     *
     * @param namespace the namespace of the secrets
     * @throws ProblemException 400 that names {@code type} or the field under {@code config}
     */
    public void validate(String type, JsonNode config, String namespace) {
        var handler = handler(type);
        check(handler, config, namespace);
        refuse(MaskedHeaders.withoutValue(config));
        if (Placeholders.areIn(config, handler.placeholders())) {
            refuse(placeholders.missing(handler, config, namespace));
        }
    }

    private <C> void check(JobHandler<C> handler, JsonNode config, @Nullable String namespace) {
        var fields = handler.placeholders();
        if (!Placeholders.areIn(config, fields)) {
            refuse(check(handler, config(handler, config), namespace));
            return;
        }
        refuse(Placeholders.violations(config, fields));
        refuse(check(handler, config(handler, Placeholders.sampled(config, fields)), namespace));
    }

    private static <C> List<Violation> check(
            JobHandler<C> handler, C config, @Nullable String namespace) {
        return namespace == null ? handler.check(config) : handler.check(config, namespace);
    }

    private static void refuse(List<Violation> ofConfig) {
        if (!ofConfig.isEmpty()) {
            throw ProblemException.invalid(
                    ofConfig.stream()
                            .map(
                                    each ->
                                            new Violation(
                                                    Violations.join("config.", each.field()),
                                                    each.message()))
                            .toList());
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

    /** Returns the violations of a type and its config, each with its field; may be empty. */
    List<Violation> violations(@Nullable String type, @Nullable JsonNode config) {
        if (type == null || type.isBlank()) {
            return List.of(new Violation("type", "is missing; " + types()));
        }
        try {
            check(handler(type), config == null ? json.tree(Map.of()) : config, null);
            return List.of();
        } catch (ProblemException problem) {
            return problem.violations();
        }
    }

    /**
     * Returns the fields of a type's config that may have placeholders; none for an unknown type.
     */
    public Set<String> fieldsWithPlaceholders(String type) {
        var handler = byType.get(type);
        return handler == null ? Set.of() : handler.placeholders().keySet();
    }

    private String types() {
        return "types are " + String.join(", ", byType.keySet());
    }

    /** Returns all handlers by type name, in the order of the names. */
    Map<String, JobHandler<?>> all() {
        return Collections.unmodifiableMap(byType);
    }

    /**
     * Makes one attempt. A config without placeholders is read once per version of its job.
     *
     * @throws ProblemException 400 if the config cannot be read
     * @throws Exception as {@link JobHandler#run}
     */
    public Outcome run(String type, ExecutionContext<StoredConfig> context) throws Exception {
        return run(handler(type), context);
    }

    private <C> Outcome run(JobHandler<C> handler, ExecutionContext<StoredConfig> context)
            throws Exception {
        var stored = context.config();
        return stored.hasPlaceholders(handler.placeholders())
                ? placeholders.run(handler, context)
                : handler.run(context.with(config(handler, stored)));
    }

    /**
     * As {@link JobHandler#unanswered}.
     *
     * @throws ProblemException 400 if no handler has this type any more
     */
    public Outcome unanswered(
            String type, UUID executionId, @Nullable UUID jobId, Instant scheduledAt) {
        return handler(type).unanswered(executionId, jobId, scheduledAt);
    }

    /**
     * Returns the stored config as the handler's record, without filling placeholders.
     *
     * @throws ProblemException 400 if it cannot be read
     */
    public <C> C config(JobHandler<C> handler, StoredConfig stored) {
        return stored.as(handler.configType(), () -> config(handler, stored.json()));
    }

    private <C> C config(JobHandler<C> handler, JsonNode config) {
        return json.read(config, handler.configType(), "config.");
    }
}
