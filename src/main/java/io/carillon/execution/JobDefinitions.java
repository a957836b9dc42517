package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.problem.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * What attempts need of jobs' definitions, kept under the job's version. A claim reads the version
 * with the execution, so what is found under it is never stale, and no message has to arrive for
 * that.
 */
@ApplicationScoped
class JobDefinitions {
    private static final long LARGEST_CACHE = 10_000;

    @Language("SQL")
    private static final String READ =
            "select id, version, config, retry from job where id = any(?)";

    private static final Definition NONE =
            new Definition(JsonNodeFactory.instance.objectNode(), RetryPolicy.DEFAULT, null);

    private final Json json;
    private final Cache<Key, Definition> cache =
            Caffeine.newBuilder().maximumSize(LARGEST_CACHE).recordStats().build();

    private record Key(UUID jobId, long version) {}

    /** {@code fault}: what cannot be read, and so fails the job's executions; null for nothing. */
    private record Definition(JsonNode config, RetryPolicy retry, @Nullable String fault) {}

    JobDefinitions(Json json, MeterRegistry registry) {
        this.json = json;
        CaffeineCacheMetrics.monitor(registry, cache, "job-definitions");
    }

    /** Fills in what the executions leave to their jobs. */
    List<Claim> complete(Connection connection, List<Claim> claims) throws SQLException {
        var found = new HashMap<UUID, Definition>();
        var missing = new ArrayList<UUID>();
        for (var claim : claims) {
            var jobId = claim.jobId();
            if (jobId != null && !found.containsKey(jobId)) {
                var definition = cache.getIfPresent(new Key(jobId, claim.jobVersion()));
                if (definition == null) {
                    missing.add(jobId);
                } else {
                    found.put(jobId, definition);
                }
            }
        }
        if (!missing.isEmpty()) {
            found.putAll(read(connection, missing));
        }
        return claims.stream().map(claim -> completed(claim, found.get(claim.jobId()))).toList();
    }

    private static Claim completed(Claim claim, @Nullable Definition ofJob) {
        var definition = ofJob == null ? NONE : ofJob;
        return claim.with(
                claim.config() == null ? definition.config : claim.config(),
                claim.retry() == null ? definition.retry : claim.retry(),
                definition.fault);
    }

    private Map<UUID, Definition> read(Connection connection, List<UUID> jobIds)
            throws SQLException {
        var read = new HashMap<UUID, Definition>();
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var id = row.getObject(1, UUID.class);
                    var definition = definitionOf(row.getString(3), row.getString(4));
                    cache.put(new Key(id, row.getLong(2)), definition);
                    read.put(id, definition);
                }
            }
        }
        return read;
    }

    private Definition definitionOf(@Nullable String config, @Nullable String retry) {
        var readConfig = StoredJson.config(json, config);
        var readRetry = StoredJson.retry(json, retry);
        return new Definition(
                readConfig.value() == null ? NONE.config : readConfig.value(),
                readRetry.value() == null ? NONE.retry : readRetry.value(),
                readConfig.fault() == null ? readRetry.fault() : readConfig.fault());
    }
}
