package io.carillon.firing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.calendar.Calendars;
import io.carillon.calendar.ReadCalendars;
import io.carillon.definition.Delivery;
import io.carillon.definition.ExecutionSpec;
import io.carillon.definition.JobVersion;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.definition.VersionCache;
import io.carillon.json.Json;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Caches what firing needs of jobs, by version. A trigger names the version of its job, and a job
 * changes only under the lock of its trigger. So a transaction that holds this lock knows, without
 * reading the job, that a cached plan is current.
 */
@ApplicationScoped
class FiringPlans {
    private static final long MAX_KEPT = 50_000;

    @Language("SQL")
    private static final String READ =
            """
            select id, version, namespace, schedule, created_at, misfire, catch_up_window_ms, catch_up_limit,
                   type, queue, priority, max_attempts, delivery, timeout_ms, weight, start_deadline_ms, overlap
            from job where id = any(?) and deleted_at is null and schedule is not null
            """;

    /** The spec of a faulty plan, which is never executed. */
    private static final ExecutionSpec NO_SPEC =
            new ExecutionSpec("", "", 0, 1, Delivery.AT_MOST_ONCE, 0, 1, null);

    private final Json json;
    private final Calendars calendars;
    private final Duration threshold;
    private final VersionCache<Plan> kept;
    private final Cache<Key, Schedule> compiled =
            Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

    /**
     * The key of a compiled schedule: its text, and what else it depends on; {@code jobId} is null
     * if it is the same for every job.
     */
    private record Key(String schedule, @Nullable UUID jobId, long version) {
        private static final List<String> OF_ONE_JOB =
                List.of("H", "h", "@", "\"jitter\"", "\"maxRuns\"", "\"exclude\"");

        /**
         * A plain cron expression depends only on its text, so a schedule shared by a million jobs
         * is compiled once. Others depend on their job: an interval for its phase, {@code H} for
         * its value, jitter for its delays, a number of runs for its start. An {@code H} in the
         * name of a time zone is mistaken for one of these, which only prevents sharing. A change
         * of a calendar gives the jobs that name it a new version.
         */
        static Key of(String schedule, UUID jobId, long version) {
            boolean isShared =
                    schedule.contains("\"cron\"")
                            && OF_ONE_JOB.stream().noneMatch(schedule::contains);
            return new Key(schedule, isShared ? null : jobId, isShared ? 0 : version);
        }
    }

    /**
     * @param schedule null if the stored schedule cannot be read or does not compile; then {@code
     *     fault} says why, and the other components have no meaning
     */
    record Plan(
            JobVersion job,
            String namespace,
            @Nullable Schedule schedule,
            CatchUp.Policy policy,
            ExecutionSpec spec,
            Overlap overlap,
            @Nullable String fault) {
        UUID jobId() {
            return job.jobId();
        }
    }

    FiringPlans(Json json, Calendars calendars, FiringConfig config, MeterRegistry registry) {
        this.json = json;
        this.calendars = calendars;
        this.threshold = config.misfireThreshold();
        this.kept = new VersionCache<>("firing-plans", MAX_KEPT, registry);
    }

    /**
     * Returns the plans of the jobs that exist and have a schedule.
     *
     * @param jobs with the versions in their triggers, which {@code connection} has locked
     */
    Map<UUID, Plan> of(Connection connection, List<JobVersion> jobs) throws SQLException {
        return kept.of(
                jobs,
                missing ->
                        read(connection, missing).values().stream()
                                .map(
                                        plan ->
                                                new VersionCache.Read<>(
                                                        plan.job, plan, plan.fault == null))
                                .toList());
    }

    /** Like {@link #of}, but for the jobs' current versions, whatever their triggers say. */
    Map<UUID, Plan> read(Connection connection, List<UUID> jobIds) throws SQLException {
        var plans = HashMap.<UUID, Plan>newHashMap(jobIds.size());
        // Many jobs may name the same calendar; when it changes, all of them are read again at
        // once.
        var excluded = calendars.read(connection);
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var plan = plan(row, excluded);
                    plans.put(plan.jobId(), plan);
                }
            }
        }
        return plans;
    }

    private Plan plan(ResultSet row, ReadCalendars excluded) throws SQLException {
        var job = new JobVersion(row.getObject("id", UUID.class), row.getLong("version"));
        try {
            return plan(job, row, excluded);
        } catch (RuntimeException | StackOverflowError fault) {
            return new Plan(
                    job,
                    row.getString("namespace"),
                    null,
                    new CatchUp.Policy(MisfirePolicy.SKIP, Duration.ZERO, 0, threshold),
                    NO_SPEC,
                    Overlap.SKIP,
                    fault.getMessage() == null ? fault.toString() : fault.getMessage());
        }
    }

    private Plan plan(JobVersion job, ResultSet row, ReadCalendars excluded) throws SQLException {
        String namespace = row.getString("namespace");
        String text = row.getString("schedule");
        var createdAt = row.getObject("created_at", OffsetDateTime.class).toInstant();
        var policy =
                new CatchUp.Policy(
                        MisfirePolicy.valueOf(row.getString("misfire")),
                        Duration.ofMillis(row.getLong("catch_up_window_ms")),
                        row.getInt("catch_up_limit"),
                        threshold);
        var spec =
                new ExecutionSpec(
                        row.getString("type"),
                        row.getString("queue"),
                        row.getInt("priority"),
                        row.getInt("max_attempts"),
                        Delivery.valueOf(row.getString("delivery")),
                        row.getLong("timeout_ms"),
                        row.getInt("weight"),
                        row.getObject("start_deadline_ms", Long.class));
        var overlap = Overlap.valueOf(row.getString("overlap"));
        var key = Key.of(text, job.jobId(), job.version());
        var schedule = compiled.getIfPresent(key);
        if (schedule == null) {
            var written = json.stored(text, ScheduleSpec.class);
            schedule =
                    written.compile(
                            createdAt,
                            job.jobId().toString(),
                            excluded.of(namespace, written.exclude()));
            compiled.put(key, schedule);
        }
        return new Plan(job, namespace, schedule, policy, spec, overlap, null);
    }
}
