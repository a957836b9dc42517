package io.carillon.definition;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.StoredConfig;
import io.carillon.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Caches what attempts need of job definitions, by version. A claim reads the version together with
 * the execution.
 */
@ApplicationScoped
public class AttemptDefinitions {
    private static final long MAX_KEPT = 10_000;

    @Language("SQL")
    private static final String READ =
            "select id, version, config, retry, name from job where id = any(?)";

    private final Json json;
    private final VersionCache<Definition> cache;

    /**
     * The part of a job that attempts need.
     *
     * @param name null for {@link #NONE}
     * @param fault what cannot be read and therefore fails the job's executions; null for none
     */
    public record Definition(
            @Nullable String name, StoredConfig config, RetryPolicy retry, @Nullable String fault) {
        /** The definition of a job that no longer exists, and of an execution without a job. */
        public static final Definition NONE =
                new Definition(
                        null,
                        new StoredConfig(JsonNodeFactory.instance.objectNode()),
                        RetryPolicy.DEFAULT,
                        null);
    }

    AttemptDefinitions(Json json, MeterRegistry registry) {
        this.json = json;
        this.cache = new VersionCache<>("attempt-definitions", MAX_KEPT, registry);
    }

    /** Returns definitions by the ids of their jobs; jobs that no longer exist are absent. */
    public Map<UUID, Definition> of(Connection connection, Collection<JobVersion> jobs)
            throws SQLException {
        return cache.of(jobs, missing -> read(connection, missing));
    }

    private List<VersionCache.Read<Definition>> read(Connection connection, List<UUID> jobIds)
            throws SQLException {
        var read = new ArrayList<VersionCache.Read<Definition>>();
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var job = new JobVersion(row.getObject(1, UUID.class), row.getLong(2));
                    read.add(new VersionCache.Read<>(job, definitionOf(row), true));
                }
            }
        }
        return read;
    }

    private Definition definitionOf(ResultSet row) throws SQLException {
        var readConfig = StoredJson.config(json, row.getString(3));
        var readRetry = StoredJson.retry(json, row.getString(4));
        return new Definition(
                row.getString(5),
                readConfig.value() == null
                        ? Definition.NONE.config
                        : new StoredConfig(readConfig.value()),
                readRetry.value() == null ? Definition.NONE.retry : readRetry.value(),
                readConfig.fault() == null ? readRetry.fault() : readConfig.fault());
    }
}
