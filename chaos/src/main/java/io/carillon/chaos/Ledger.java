package io.carillon.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL has, as plain SQL reads it.
 *
 * @param left rows of tables that are empty when nothing is to be done, by table
 * @param strangers how many triggers of another scheduler are as they were made
 */
record Ledger(List<Job> jobs, List<Execution> executions, List<String> left, long strangers) {
    private static final Set<String> FINAL = Set.of("SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED");

    private static final String JOBS = "select id, name, created_at from job";

    private static final String EXECUTIONS =
            """
            select e.id, j.name as job, e.config ->> 'url' as url, e.scheduled_at, e.state, e.origin, e.delivery,
                   e.attempt, e.max_attempts, e.epoch, e.created_at, e.started_at, e.finished_at, e.error ->> 'code' as code,
                   e.reason, e.skipped_until, e.skipped_count, e.depends_on, e.on_dependency_failure, e.caused_by
            from execution e left join job j on j.id = e.job_id
            order by e.created_at
            """;

    private static final String UNFINISHED =
            "select count(*) from execution where finished_at is null";

    private static final String LEFT =
            """
            select 'untold_end' as name, count(*) from untold_end
            union all select 'follow_up', count(*) from follow_up
            union all select 'execution_dependency', count(*) from execution_dependency
            """;

    private static final String STRANGERS =
            """
            select count(*) from qrtz_triggers
            where sched_name = 'stranger' and next_fire_time = 1 and trigger_state = 'WAITING'
            """;

    /** A row of {@code job}. */
    record Job(UUID id, String name, Instant createdAt) {}

    /**
     * A row of {@code execution}.
     *
     * @param job the name of its job; null: it was submitted
     * @param called the last part of the path that a submission calls
     */
    record Execution(
            UUID id,
            @Nullable String job,
            @Nullable String called,
            Instant scheduledAt,
            String state,
            String origin,
            String delivery,
            int attempt,
            int maxAttempts,
            long epoch,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String code,
            @Nullable String reason,
            @Nullable Instant skippedUntil,
            long skippedCount,
            List<UUID> dependsOn,
            @Nullable String onDependencyFailure,
            @Nullable UUID causedBy) {
        boolean isFinal() {
            return FINAL.contains(state);
        }

        boolean is(String otherState) {
            return state.equals(otherState);
        }

        @Override
        public String toString() {
            return "%s %s of %s at %s (attempt %d of %d, epoch %d, %s, started %s, finished %s, code %s, reason %s)"
                    .formatted(
                            state,
                            id,
                            job == null ? called : job,
                            scheduledAt,
                            attempt,
                            maxAttempts,
                            epoch,
                            delivery,
                            startedAt,
                            finishedAt,
                            code,
                            reason);
        }
    }

    /** Whether nothing is left to be done. */
    static boolean isQuiet(Connection connection) throws SQLException {
        return number(connection, UNFINISHED) == 0 && left(connection).isEmpty();
    }

    static Ledger read(Connection connection) throws SQLException {
        return new Ledger(
                rows(
                        connection,
                        JOBS,
                        row ->
                                new Job(
                                        row.getObject("id", UUID.class),
                                        row.getString("name"),
                                        required(row, "created_at"))),
                rows(connection, EXECUTIONS, Ledger::execution),
                left(connection),
                number(connection, STRANGERS));
    }

    private static List<String> left(Connection connection) throws SQLException {
        return rows(connection, LEFT, row -> row.getString(1) + ": " + row.getLong(2)).stream()
                .filter(each -> !each.endsWith(": 0"))
                .toList();
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return rows(connection, sql, row -> row.getLong(1)).getFirst();
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> rows(Connection connection, String sql, Reader<T> reader)
            throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            var rows = new ArrayList<T>();
            while (row.next()) {
                rows.add(reader.read(row));
            }
            return rows;
        }
    }

    private static Execution execution(ResultSet row) throws SQLException {
        String url = row.getString("url");
        var dependsOn = row.getArray("depends_on");
        return new Execution(
                row.getObject("id", UUID.class),
                row.getString("job"),
                url == null ? null : url.substring(url.lastIndexOf('/') + 1),
                required(row, "scheduled_at"),
                row.getString("state"),
                row.getString("origin"),
                row.getString("delivery"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                row.getLong("epoch"),
                required(row, "created_at"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("code"),
                row.getString("reason"),
                instant(row, "skipped_until"),
                row.getLong("skipped_count"),
                dependsOn == null ? List.of() : Arrays.asList((UUID[]) dependsOn.getArray()),
                row.getString("on_dependency_failure"),
                row.getObject("caused_by", UUID.class));
    }

    private static Instant required(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
