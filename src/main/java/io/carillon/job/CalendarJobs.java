package io.carillon.job;

import io.carillon.calendar.CalendarUsers;
import io.carillon.calendar.Calendars;
import io.carillon.database.DatabaseClock;
import io.carillon.firing.Triggers;
import io.carillon.problem.Json;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.schedule.InvalidScheduleException;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** What a change of a calendar means for the jobs that name it. */
@ApplicationScoped
class CalendarJobs implements CalendarUsers {
    /** {@code exclude} holds the name: PostgreSQL finds it by the index job_exclude. */
    @Language("SQL")
    private static final String OF =
            """
            select id from job
            where namespace = ? and deleted_at is null and schedule -> 'exclude' is not null
              and schedule -> 'exclude' @> jsonb_build_array(?::text)
            order by id
            """;

    @Language("SQL")
    private static final String LOCK =
            """
            select id from job
            where namespace = ? and deleted_at is null and schedule -> 'exclude' is not null
              and schedule -> 'exclude' @> jsonb_build_array(?::text)
            order by id for no key update
            """;

    @Language("SQL")
    private static final String NAMES =
            """
            select name from job
            where namespace = ? and deleted_at is null and schedule -> 'exclude' is not null
              and schedule -> 'exclude' @> jsonb_build_array(?::text)
            order by name limit ?
            """;

    @Language("SQL")
    private static final String READ =
            """
            select id, namespace, name, schedule, created_at, enabled, version from job where id = any(?) order by id
            """;

    /** The version is what replicas keep compiled schedules under. */
    @Language("SQL")
    private static final String NEW_VERSION =
            "update job set version = version + 1, updated_at = clock_timestamp() where id = any(?)";

    private record Row(
            UUID id,
            String namespace,
            String name,
            ScheduleSpec spec,
            Instant createdAt,
            boolean enabled,
            long version) {}

    private final Triggers triggers;
    private final Calendars calendars;
    private final DatabaseClock clock;
    private final Json json;

    CalendarJobs(Triggers triggers, Calendars calendars, DatabaseClock clock, Json json) {
        this.triggers = triggers;
        this.calendars = calendars;
        this.clock = clock;
        this.json = json;
    }

    @Override
    public List<UUID> of(Connection connection, String namespace, String calendar)
            throws SQLException {
        return ids(connection, OF, namespace, calendar);
    }

    @Override
    public List<String> names(Connection connection, String namespace, String calendar, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(NAMES)) {
            statement.setString(1, namespace);
            statement.setString(2, calendar);
            statement.setInt(3, limit);
            var names = new ArrayList<String>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        }
    }

    @Override
    public Map<UUID, Instant> settle(Connection connection, String namespace, String calendar)
            throws SQLException {
        var settled = new LinkedHashMap<UUID, Instant>();
        for (var job : ids(connection, LOCK, namespace, calendar)) {
            settled.put(job, triggers.settle(connection, job, null).orElseGet(clock::now));
        }
        return settled;
    }

    @Override
    public void move(Connection connection, Map<UUID, Instant> settled) throws SQLException {
        var times = triggers.times(connection, List.copyOf(settled.keySet()));
        var ids = connection.createArrayOf("uuid", settled.keySet().toArray());
        for (var job : read(connection, ids)) {
            var next = nextAfter(connection, job, Objects.requireNonNull(settled.get(job.id)));
            var trigger = times.get(job.id);
            if (next == null && (trigger == null || !trigger.isCompleted())) {
                throw neverAgain(job);
            }
            triggers.move(connection, job.id, next, !job.enabled);
            triggers.setVersion(connection, job.id, job.version + 1);
        }
        try (var statement = connection.prepareStatement(NEW_VERSION)) {
            statement.setArray(1, ids);
            statement.executeUpdate();
        }
    }

    private @Nullable Instant nextAfter(Connection connection, Row job, Instant now)
            throws SQLException {
        var names = job.spec.exclude() == null ? List.<String>of() : job.spec.exclude();
        var known = calendars.read(connection, job.namespace, names);
        try {
            return job.spec.compile(job.createdAt, job.id.toString(), known).next(now);
        } catch (InvalidScheduleException invalid) {
            if (invalid.neverFires()) {
                return null;
            }
            throw new ProblemException(
                    ProblemKind.CONFLICT,
                    "The schedule of the job '%s' is refused: %s"
                            .formatted(job.name, invalid.getMessage()));
        }
    }

    private static ProblemException neverAgain(Row job) {
        return new ProblemException(
                ProblemKind.NEVER_FIRES,
                "The job '%s' would never fire again.".formatted(job.name),
                List.of(new Violation("entries", "exclude all that is ahead of a job")));
    }

    private List<Row> read(Connection connection, Array ids) throws SQLException {
        var rows = new ArrayList<Row>();
        try (var statement = connection.prepareStatement(READ)) {
            statement.setArray(1, ids);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(
                            new Row(
                                    row.getObject(1, UUID.class),
                                    row.getString(2),
                                    row.getString(3),
                                    json.stored(row.getString(4), ScheduleSpec.class),
                                    row.getObject(5, OffsetDateTime.class).toInstant(),
                                    row.getBoolean(6),
                                    row.getLong(7)));
                }
            }
        }
        return rows;
    }

    private static List<UUID> ids(
            Connection connection, @Language("SQL") String sql, String namespace, String calendar)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, namespace);
            statement.setString(2, calendar);
            var ids = new ArrayList<UUID>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getObject(1, UUID.class));
                }
            }
            return ids;
        }
    }
}
