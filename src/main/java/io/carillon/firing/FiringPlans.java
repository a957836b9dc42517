package io.carillon.firing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.calendar.Calendars;
import io.carillon.problem.Json;
import io.carillon.schedule.Exclusion;
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
import java.util.List;
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
            select id, namespace, schedule, created_at, enabled, misfire, catch_up_window_ms, catch_up_limit, version
            from job where id = any(?) and deleted_at is null and schedule is not null
            """;

    private final Json json;
    private final Calendars calendars;
    private final Duration threshold;
    private final Cache<Key, Schedule> compiled =
            Caffeine.newBuilder().maximumSize(LARGEST_CACHE).build();

    /** What a schedule was compiled from; {@code jobId} null when it is the same for every job. */
    private record Key(String schedule, @Nullable UUID jobId, long version) {
        private static final List<String> OF_ONE_JOB =
                List.of("H", "h", "@", "\"jitter\"", "\"maxRuns\"", "\"exclude\"");

        /**
         * A plain cron expression depends on nothing but its text, so that a million jobs on the
         * hour are compiled once. An interval has its phase from its job, {@code H} its value,
         * jitter its delays, a number of runs their beginning; an {@code H} in the name of a time
         * zone is taken for one, which costs sharing and nothing else. A change of a calendar gives
         * the jobs that name it a new version.
         */
        static Key of(String schedule, UUID jobId, long version) {
            boolean isShared =
                    schedule.contains("\"cron\"")
                            && OF_ONE_JOB.stream().noneMatch(schedule::contains);
            return new Key(schedule, isShared ? null : jobId, isShared ? 0 : version);
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
            @Nullable String fault) {}

    FiringPlans(Json json, Calendars calendars, FiringConfig config) {
        this.json = json;
        this.calendars = calendars;
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
                                    connection,
                                    jobId,
                                    row.getString(2),
                                    row.getBoolean(5),
                                    text,
                                    createdAt,
                                    row.getLong(9),
                                    policy));
                }
            }
        }
        return plans;
    }

    private Plan plan(
            Connection connection,
            UUID jobId,
            String namespace,
            boolean enabled,
            String text,
            Instant createdAt,
            long version,
            CatchUp.Policy policy)
            throws SQLException {
        try {
            var key = Key.of(text, jobId, version);
            var schedule = compiled.getIfPresent(key);
            if (schedule == null) {
                var spec = json.stored(text, ScheduleSpec.class);
                var known =
                        spec.exclude() == null
                                ? Map.<String, Exclusion>of()
                                : calendars.read(connection, namespace, spec.exclude());
                schedule = spec.compile(createdAt, jobId.toString(), known);
                compiled.put(key, schedule);
            }
            return new Plan(jobId, namespace, enabled, schedule, policy, null);
        } catch (RuntimeException fault) {
            return new Plan(jobId, namespace, enabled, null, policy, fault.toString());
        }
    }
}
