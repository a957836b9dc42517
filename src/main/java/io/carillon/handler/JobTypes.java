package io.carillon.handler;

import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes the types of all handlers from the annotations of their config records: {@code @Schema}
 * with the type's name as {@code title}, its summary as {@code description} and one example.
 * Descriptions are made at the first request and then kept.
 */
@ApplicationScoped
public class JobTypes {
    private final JobHandlers handlers;
    private final Json json;
    private final ConfigSchemas schemas = new ConfigSchemas();
    private volatile @Nullable List<JobType> types;

    JobTypes(JobHandlers handlers, Json json) {
        this.handlers = handlers;
        this.json = json;
    }

    /** Returns all described types, by name. */
    public List<JobType> all() {
        var known = types;
        if (known == null) {
            known = handlers.all().values().stream().flatMap(this::described).toList();
            types = known;
        }
        return known;
    }

    private Stream<JobType> described(JobHandler<?> handler) {
        var about = handler.configType().getAnnotation(Schema.class);
        return about == null
                ? Stream.of()
                : Stream.of(
                        new JobType(
                                handler.type(),
                                about.description(),
                                schemas.of(handler.configType()),
                                json.tree(about.examples()[0])));
    }
}
