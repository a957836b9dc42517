package io.carillon.job.planning;

import io.carillon.calendar.Calendars;
import io.carillon.calendar.ReadCalendars;
import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.job.JobSchedules;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Counts planned instants per minute. PostgreSQL groups jobs whose schedules have the same text and
 * depend on nothing else, and each group is counted once. The other jobs are read row by row and
 * not kept in memory. Memory is one number per minute; a budget bounds the time.
 */
@ApplicationScoped
public class Forecasts {
    /**
     * The most instants that are examined one by one; a minute, or an hour, of a short interval
     * counts as at most 60.
     */
    private static final long BUDGET = 1_000_000;

    private static final int MAX_PER_SLOT = 60;
    private static final int ROWS_AT_ONCE = 1000;

    /**
     * A schedule without H, @every, jitter, maxRuns or calendars has the same instants for all its
     * jobs.
     */
    @Language("SQL")
    private static final String SCHEDULES =
            """
            with active as (
                select id, namespace, schedule, created_at,
                       schedule ->> 'cron' !~* '[h@]'
                           and schedule -> 'jitter' is null and schedule -> 'maxRuns' is null
                           and schedule -> 'exclude' is null as is_shared
                from job
                where deleted_at is null and enabled and schedule is not null
                  and (?::varchar[] is null or namespace = any (?)))
            select min(id::text), min(namespace), schedule, min(created_at), count(*)
            from active where is_shared group by schedule
            union all
            select id::text, namespace, schedule, created_at, 1 from active where is_shared is not true
            """;

    @Language("SQL")
    private static final String OF_SCHEDULE =
            """
            select id from job
            where deleted_at is null and enabled and schedule = ?::jsonb and (?::varchar[] is null or namespace = any (?))
            order by name limit ?
            """;

    private final Database database;
    private final JobSchedules schedules;
    private final Calendars calendars;
    private final Json json;

    Forecasts(Database database, JobSchedules schedules, Calendars calendars, Json json) {
        this.database = database;
        this.schedules = schedules;
        this.calendars = calendars;
        this.json = json;
    }

    /**
     * Counts planned instants. Runs in a transaction, so that rows are fetched a thousand at a
     * time.
     *
     * @param namespaces null: all
     * @param unit minutes or hours: what is counted together; a day by hours costs a fraction of a
     *     day by minutes
     */
    public Forecast of(
            Instant from, Instant to, @Nullable Set<String> namespaces, ChronoUnit unit) {
        return database.inTransaction(
                connection -> {
                    var count = new Count(from, to, unit);
                    try (var statement = connection.prepareStatement(SCHEDULES)) {
                        var read = calendars.read(connection);
                        statement.setFetchSize(ROWS_AT_ONCE);
                        new SqlParameters(statement).twice(namespaces);
                        try (var row = statement.executeQuery()) {
                            while (!count.isCut && row.next()) {
                                count.add(
                                        compiled(
                                                row.getString(3),
                                                row.getString(2),
                                                row.getObject(4, OffsetDateTime.class).toInstant(),
                                                UUID.fromString(row.getString(1)),
                                                read),
                                        row.getLong(5));
                            }
                        }
                    }
                    return count.forecast();
                });
    }

    /**
     * Finds jobs that have a planned instant in a minute. Those that are planned in the next minute
     * as well, such as what fires every minute, come last.
     *
     * @param namespaces null: all
     * @param limit at most so many
     */
    public List<UUID> jobsIn(Instant minute, @Nullable Set<String> namespaces, int limit) {
        var end = minute.plus(1, ChronoUnit.MINUTES);
        return database.inTransaction(
                connection -> {
                    var rare = new ArrayList<UUID>();
                    var frequent = new ArrayList<UUID>();
                    try (var statement = connection.prepareStatement(SCHEDULES)) {
                        var read = calendars.read(connection);
                        statement.setFetchSize(ROWS_AT_ONCE);
                        new SqlParameters(statement).twice(namespaces);
                        try (var row = statement.executeQuery()) {
                            while (rare.size() < limit && row.next()) {
                                var id = UUID.fromString(row.getString(1));
                                var schedule =
                                        compiled(
                                                row.getString(3),
                                                row.getString(2),
                                                row.getObject(4, OffsetDateTime.class).toInstant(),
                                                id,
                                                read);
                                var next =
                                        schedule == null
                                                ? null
                                                : schedule.next(minute.minusNanos(1));
                                if (schedule == null || next == null || !next.isBefore(end)) {
                                    continue;
                                }
                                var found = isAlsoIn(schedule, end) ? frequent : rare;
                                if (found.size() < limit) {
                                    found.addAll(
                                            row.getLong(5) == 1
                                                    ? List.of(id)
                                                    : ofSchedule(
                                                            connection,
                                                            row.getString(3),
                                                            namespaces,
                                                            limit - found.size()));
                                }
                            }
                        }
                    }
                    rare.addAll(
                            frequent.subList(0, Math.min(frequent.size(), limit - rare.size())));
                    return rare;
                });
    }

    private static boolean isAlsoIn(Schedule schedule, Instant minute) {
        var next = schedule.next(minute.minusNanos(1));
        return next != null && next.isBefore(minute.plus(1, ChronoUnit.MINUTES));
    }

    private static List<UUID> ofSchedule(
            Connection connection, String schedule, @Nullable Set<String> namespaces, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(OF_SCHEDULE)) {
            statement.setString(1, schedule);
            var parameters = new SqlParameters(statement, 1);
            parameters.twice(namespaces);
            statement.setInt(parameters.next(), limit);
            var ids = new ArrayList<UUID>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getObject(1, UUID.class));
                }
            }
            return ids;
        }
    }

    /**
     * Null if the stored schedule cannot be read or does not compile; the job's own view reports
     * that.
     */
    private @Nullable Schedule compiled(
            String stored, String namespace, Instant createdAt, UUID id, ReadCalendars read)
            throws SQLException {
        try {
            var spec = json.stored(stored, ScheduleSpec.class);
            return schedules.compile(spec, namespace, createdAt, id, read);
        } catch (ProblemException | IllegalStateException unreadable) {
            return null;
        }
    }

    private static final class Count {
        private final Instant from;
        private final Instant to;
        private final Instant first;
        private final Duration step;
        private final long[] planned;
        private long budget = BUDGET;
        private long jobs;
        private long total;
        private boolean isCut;

        private Count(Instant from, Instant to, ChronoUnit unit) {
            this.from = from;
            this.to = to;
            this.first = from.truncatedTo(unit);
            this.step = unit.getDuration();
            this.planned = new long[slotOf(to) + 1];
        }

        private int slotOf(Instant at) {
            return (int) Duration.between(first, at).dividedBy(step);
        }

        /** Adds the instants of this many equal jobs. */
        private void add(@Nullable Schedule schedule, long equalJobs) {
            jobs += equalJobs;
            // Also bounds the time for many jobs that plan nothing.
            budget--;
            Instant instant = schedule == null ? null : schedule.next(from.minusNanos(1));
            while (schedule != null && instant != null && instant.isBefore(to)) {
                if (budget <= 0) {
                    isCut = true;
                    return;
                }
                int slot = slotOf(instant);
                var end = first.plus(step.multipliedBy(slot + 1L));
                end = end.isBefore(to) ? end : to;
                long count = schedule.count(instant, end, Long.MAX_VALUE);
                planned[slot] += count * equalJobs;
                total += count * equalJobs;
                budget -= Math.min(count, MAX_PER_SLOT);
                instant = schedule.next(end.minusNanos(1));
            }
            isCut = budget <= 0;
        }

        private Forecast forecast() {
            var minutes = new ArrayList<Forecast.Minute>();
            for (int slot = 0; slot < planned.length; slot++) {
                if (planned[slot] > 0) {
                    minutes.add(
                            new Forecast.Minute(
                                    first.plus(step.multipliedBy(slot)), planned[slot]));
                }
            }
            return new Forecast(from, to, jobs, total, isCut, minutes);
        }
    }
}
