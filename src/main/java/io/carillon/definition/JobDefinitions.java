package io.carillon.definition;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.handler.StoredConfig;
import io.carillon.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what attempts need of jobs' definitions, under the job's version. A claim reads the version
 * with the execution, so what is found under it is never stale, and no message has to arrive for
 * that.
 */
@ApplicationScoped
public class JobDefinitions {
    private static final long MAX_KEPT = 10_000;

    @Language("SQL")
    private static final String READ =
            "select id, version, config, retry, name from job where id = any(?)";

    private final Json json;
    private final Cache<JobVersion, Definition> cache =
            Caffeine.newBuilder().maximumSize(MAX_KEPT).recordStats().build();

    /**
     * The part of a job that attempts need.
     *
     * @param name null without a job
     * @param fault what cannot be read, and so fails the job's executions; null for nothing
     */
    public record Definition(
            @Nullable String name, StoredConfig config, RetryPolicy retry, @Nullable String fault) {
        /** That of a job which is no more, and of an execution without one. */
        public static final Definition NONE =
                new Definition(
                        null,
                        new StoredConfig(JsonNodeFactory.instance.objectNode()),
                        RetryPolicy.DEFAULT,
                        null);
    }

    JobDefinitions(Json json, MeterRegistry registry) {
        this.json = json;
        CaffeineCacheMetrics.monitor(registry, cache, "job-definitions");
    }

    /** Definitions by the ids of their jobs; jobs that are no more are absent. */
    public Map<UUID, Definition> of(Connection connection, Collection<JobVersion> jobs)
            throws SQLException {
        var found = new HashMap<UUID, Definition>();
        var missing = new ArrayList<UUID>();
        for (var job : jobs) {
            var definition = cache.getIfPresent(job);
            if (definition == null) {
                missing.add(job.jobId());
            } else {
                found.put(job.jobId(), definition);
            }
        }
        if (!missing.isEmpty()) {
            found.putAll(read(connection, missing));
        }
        return found;
    }

    private Map<UUID, Definition> read(Connection connection, List<UUID> jobIds)
            throws SQLException {
        var read = new HashMap<UUID, Definition>();
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var id = row.getObject(1, UUID.class);
                    var definition =
                            definitionOf(row.getString(5), row.getString(3), row.getString(4));
                    cache.put(new JobVersion(id, row.getLong(2)), definition);
                    read.put(id, definition);
                }
            }
        }
        return read;
    }

    private Definition definitionOf(String name, @Nullable String config, @Nullable String retry) {
        var readConfig = StoredJson.config(json, config);
        var readRetry = StoredJson.retry(json, retry);
        return new Definition(
                name,
                readConfig.value() == null
                        ? Definition.NONE.config
                        : new StoredConfig(readConfig.value()),
                readRetry.value() == null ? Definition.NONE.retry : readRetry.value(),
                readConfig.fault() == null ? readRetry.fault() : readConfig.fault());
    }
}
