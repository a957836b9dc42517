package io.carillon.job;

import io.carillon.calendar.CalendarUsers;
import io.carillon.calendar.Calendars;
import io.carillon.calendar.ReadCalendars;
import io.carillon.database.ArrayParameters;
import io.carillon.database.DatabaseClock;
import io.carillon.firing.Triggers;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.CurrentCaller;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Changes the jobs that name a calendar when the calendar changes. */
@ApplicationScoped
class CalendarJobs implements CalendarUsers {
    /** {@code exclude} contains the name: PostgreSQL finds the jobs by the index job_exclude. */
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

    /** Replicas cache compiled schedules by version. */
    @Language("SQL")
    private static final String NEW_VERSION =
            """
            update job j
            set version = j.version + 1, updated_at = settled.at, changed_by = ?, change = 'CALENDAR'
            from unnest(?::uuid[], ?::timestamptz[]) as settled (id, at)
            where j.id = settled.id
            """;

    private final Triggers triggers;
    private final JobMapping stored;
    private final JobRevisions revisions;
    private final JobSchedules schedules;
    private final Calendars calendars;
    private final CurrentCaller caller;
    private final DatabaseClock clock;

    CalendarJobs(
            Triggers triggers,
            JobMapping stored,
            JobRevisions revisions,
            JobSchedules schedules,
            Calendars calendars,
            CurrentCaller caller,
            DatabaseClock clock) {
        this.triggers = triggers;
        this.stored = stored;
        this.revisions = revisions;
        this.schedules = schedules;
        this.calendars = calendars;
        this.caller = caller;
        this.clock = clock;
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
        if (settled.isEmpty()) {
            return;
        }
        List<Job> jobs = Job.list("id in ?1", settled.keySet());
        var times = triggers.times(connection, List.copyOf(settled.keySet()));
        var replaced = new HashMap<UUID, Revision>();
        var held = calendars.hold(connection);
        for (var job : jobs) {
            replaced.put(job.id, stored.current(job));
            var next = nextAfter(held, job, Objects.requireNonNull(settled.get(job.id)));
            var trigger = times.get(job.id);
            if (next == null && (trigger == null || !trigger.isCompleted())) {
                throw neverAgain(job);
            }
            triggers.move(connection, job.id, next, !job.enabled);
            triggers.setVersion(connection, job.id, job.version + 1);
        }
        revisions.addAll(connection, replaced);
        try (var statement = connection.prepareStatement(NEW_VERSION)) {
            statement.setString(1, caller.name());
            new ArrayParameters<>(statement, 2, List.copyOf(settled.entrySet()))
                    .add("uuid", Map.Entry::getKey)
                    .add("timestamptz", job -> job.getValue().toString());
            statement.executeUpdate();
        }
    }

    private @Nullable Instant nextAfter(ReadCalendars held, Job job, Instant now)
            throws SQLException {
        try {
            var schedule =
                    schedules.compile(
                            stored.specOf(job), job.namespace, job.createdAt, job.id, held);
            return schedule == null ? null : schedule.next(now);
        } catch (ProblemException refused) {
            if (refused.kind() == ProblemKind.NEVER_FIRES) {
                return null;
            }
            throw new ProblemException(
                    ProblemKind.CONFLICT,
                    "The schedule of the job '%s' is refused: %s"
                            .formatted(job.name, refused.getMessage()));
        }
    }

    private static ProblemException neverAgain(Job job) {
        return new ProblemException(
                ProblemKind.NEVER_FIRES,
                "The job '%s' would never fire again.".formatted(job.name),
                List.of(new Violation("entries", "exclude every future instant of a job")));
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
