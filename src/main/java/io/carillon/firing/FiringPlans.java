package io.carillon.firing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.execution.Overlap;
import io.carillon.problem.Json;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * What firing needs to know of jobs. Rows are read in each firing transaction; only what is costly
 * to make of them, the compiled schedule, is kept, under the text it was compiled from.
 */
@ApplicationScoped
class FiringPlans {
    private static final long LARGEST_CACHE = 50_000;

    @Language("SQL")
    private static final String READ =
            """
            select id, namespace, schedule, created_at, enabled, misfire, catch_up_window_ms, catch_up_limit, overlap
            from job where id = any(?) and deleted_at is null and schedule is not null
            """;

    private final Json json;
    private final Duration threshold;
    private final Cache<Key, Schedule> compiled =
            Caffeine.newBuilder().maximumSize(LARGEST_CACHE).build();

    /** What a schedule was compiled from; {@code jobId} null when it is the same for every job. */
    private record Key(String schedule, @Nullable UUID jobId) {
        /**
         * A plain cron expression depends on nothing but its text, so that a million jobs on the
         * hour are compiled once. An interval has its phase from its job, and {@code H} its value;
         * an {@code H} in the name of a time zone is taken for one, which costs sharing and nothing
         * else.
         */
        static Key of(String schedule, UUID jobId) {
            boolean isShared =
                    schedule.contains("\"cron\"")
                            && schedule.indexOf('H') < 0
                            && schedule.indexOf('@') < 0;
            return new Key(schedule, isShared ? null : jobId);
        }
    }

    /**
     * @param schedule null if what is stored does not compile, which says {@code fault}
     */
    record Plan(
            UUID jobId,
            String namespace,
            boolean enabled,
            @Nullable Schedule schedule,
            CatchUp.Policy policy,
            Overlap overlap,
            @Nullable String fault) {}

    FiringPlans(Json json, FiringConfig config) {
        this.json = json;
        this.threshold = config.misfireThreshold();
    }

    /** The plans of those jobs that exist and have a schedule. */
    Map<UUID, Plan> read(Connection connection, Collection<UUID> jobIds) throws SQLException {
        var plans = HashMap.<UUID, Plan>newHashMap(jobIds.size());
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var jobId = row.getObject(1, UUID.class);
                    String text = row.getString(3);
                    var createdAt = row.getObject(4, OffsetDateTime.class).toInstant();
                    var policy =
                            new CatchUp.Policy(
                                    MisfirePolicy.valueOf(row.getString(6)),
                                    Duration.ofMillis(row.getLong(7)),
                                    row.getInt(8),
                                    threshold);
                    plans.put(
                            jobId,
                            plan(
                                    jobId,
                                    row.getString(2),
                                    row.getBoolean(5),
                                    text,
                                    createdAt,
                                    policy,
                                    Overlap.valueOf(row.getString(9))));
                }
            }
        }
        return plans;
    }

    private Plan plan(
            UUID jobId,
            String namespace,
            boolean enabled,
            String text,
            Instant createdAt,
            CatchUp.Policy policy,
            Overlap overlap) {
        try {
            var schedule =
                    compiled.get(
                            Key.of(text, jobId),
                            key ->
                                    json.stored(text, ScheduleSpec.class)
                                            .compile(createdAt, jobId.toString()));
            return new Plan(jobId, namespace, enabled, schedule, policy, overlap, null);
        } catch (RuntimeException fault) {
            return new Plan(jobId, namespace, enabled, null, policy, overlap, fault.toString());
        }
    }
}
