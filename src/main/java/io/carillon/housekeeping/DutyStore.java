package io.carillon.housekeeping;

import io.carillon.database.Database;
import io.carillon.replica.Node;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads and writes the table {@code housekeeping}, and Quartz's rows for its duties. */
@ApplicationScoped
class DutyStore {
    private static final int MAX_ERROR = 1000;

    @Language("SQL")
    private static final String KNOW =
            """
            insert into housekeeping (duty) select unnest(?::varchar[])
            on conflict (duty) do update set known_at = clock_timestamp()
            """;

    @Language("SQL")
    private static final String ONE_START_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtext('carillon.housekeeping'))";

    @Language("SQL")
    private static final String READ =
            "select duty, known_since, succeeded_at, error, node from housekeeping";

    @Language("SQL")
    private static final String STARTED =
            """
            insert into housekeeping (duty, due_at, started_at, node) values (?, ?, clock_timestamp(), ?)
            on conflict (duty)
                do update set due_at = excluded.due_at, started_at = excluded.started_at, node = excluded.node
            """;

    @Language("SQL")
    private static final String SUCCEEDED =
            "update housekeeping set succeeded_at = clock_timestamp(), error = null where duty = ?";

    @Language("SQL")
    private static final String FAILED =
            "update housekeeping set failed_at = clock_timestamp(), error = ? where duty = ?";

    @Language("SQL")
    private static final String FORGET_UNKNOWN =
            "delete from housekeeping where known_at < clock_timestamp() - interval '1 hour'";

    /** The lock that Quartz takes before it changes its triggers. */
    @Language("SQL")
    private static final String LOCK_TRIGGERS =
            """
            select from qrtz_locks where sched_name = 'carillon-housekeeping' and lock_name = 'TRIGGER_ACCESS'
            for update
            """;

    /**
     * Finds Quartz jobs that belong to no duty, and those whose trigger only a person can have
     * changed to this state.
     */
    @Language("SQL")
    private static final String LEFT_BEHIND =
            """
            select job_name from qrtz_job_details j
            where sched_name = 'carillon-housekeeping'
              and (not exists (select from housekeeping where duty = job_name)
                   or exists (select from qrtz_triggers t
                              where t.sched_name = j.sched_name and t.job_name = j.job_name
                                and t.job_group = j.job_group and t.next_fire_time is null))
            """;

    @Language("SQL")
    private static final String REMOVE_TIMES =
            """
            delete from qrtz_simple_triggers s using qrtz_triggers t
            where t.sched_name = 'carillon-housekeeping' and t.job_name = any (?::varchar[])
              and s.sched_name = t.sched_name and s.trigger_name = t.trigger_name
              and s.trigger_group = t.trigger_group
            """;

    @Language("SQL")
    private static final String REMOVE_TRIGGERS =
            """
            delete from qrtz_triggers
            where sched_name = 'carillon-housekeeping' and job_name = any (?::varchar[])
            """;

    @Language("SQL")
    private static final String REMOVE_JOBS =
            """
            delete from qrtz_job_details
            where sched_name = 'carillon-housekeeping' and job_name = any (?::varchar[])
            """;

    private final Database database;
    private final String node = Node.name();

    DutyStore(Database database) {
        this.database = database;
    }

    /** Records that this replica has these duties now. */
    void know(Collection<String> duties) {
        // The same order on every replica, so that no two wait for each other.
        database.run(connection -> execute(connection, KNOW, duties.stream().sorted().toList()));
    }

    /**
     * Makes starting replicas schedule their duties one after the other. If two schedule a new duty
     * at the same time, Quartz refuses the second, and that replica could not start.
     */
    void alone(Runnable scheduling) {
        database.inTransaction(
                connection -> {
                    execute(connection, ONE_START_AT_A_TIME);
                    scheduling.run();
                    return true;
                });
    }

    /** Returns how each duty last went. */
    Map<String, DutyState> read() {
        return database.with(
                READ,
                statement -> {
                    var states = new HashMap<String, DutyState>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            var knownSince = row.getObject(2, OffsetDateTime.class).toInstant();
                            var succeededAt = row.getObject(3, OffsetDateTime.class);
                            states.put(
                                    row.getString(1),
                                    new DutyState(
                                            knownSince,
                                            succeededAt == null ? null : succeededAt.toInstant(),
                                            row.getString(4),
                                            row.getString(5)));
                        }
                    }
                    return Map.copyOf(states);
                });
    }

    /** Records that this replica begins a duty that was due at {@code dueAt} by Quartz's clock. */
    void started(String duty, Instant dueAt) {
        change(STARTED, duty, dueAt.atOffset(ZoneOffset.UTC), node);
    }

    /** Records that a duty succeeded. */
    void succeeded(String duty) {
        change(SUCCEEDED, duty);
    }

    /** Records why a duty failed. */
    void failed(String duty, String error) {
        change(FAILED, error.length() > MAX_ERROR ? error.substring(0, MAX_ERROR) : error, duty);
    }

    /**
     * Removes duties that no replica has renewed for an hour, with their triggers.
     *
     * @return the names of those triggers
     */
    List<String> removeLeftBehind() {
        return database.inTransaction(
                connection -> {
                    execute(connection, FORGET_UNKNOWN);
                    var names = leftBehind(connection);
                    if (names.isEmpty()) {
                        return names;
                    }
                    execute(connection, LOCK_TRIGGERS);
                    execute(connection, REMOVE_TIMES, names);
                    execute(connection, REMOVE_TRIGGERS, names);
                    execute(connection, REMOVE_JOBS, names);
                    return names;
                });
    }

    private static List<String> leftBehind(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(LEFT_BEHIND);
                var row = statement.executeQuery()) {
            var names = new ArrayList<String>();
            while (row.next()) {
                names.add(row.getString(1));
            }
            return names;
        }
    }

    private static void execute(Connection connection, @Language("SQL") String sql)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static void execute(
            Connection connection, @Language("SQL") String sql, List<String> names)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("varchar", names.toArray()));
            statement.execute();
        }
    }

    private void change(@Language("SQL") String sql, @Nullable Object... parameters) {
        database.with(
                sql,
                statement -> {
                    for (int index = 0; index < parameters.length; index++) {
                        statement.setObject(index + 1, parameters[index]);
                    }
                    return statement.executeUpdate();
                });
    }
}
