package io.carillon.worker;

import io.carillon.database.Database;
import io.carillon.replica.ReplicaRole;
import io.carillon.worker.WorkerView.RunningExecution;
import io.carillon.worker.WorkerView.WorkerKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads what clients see of workers. */
@ApplicationScoped
public class WorkerQueries {
    private static final int MAX_LISTING = 1000;
    private static final int MAX_RUNNING = 100;

    @Language("SQL")
    private static final String WORKERS =
            """
            select w.*, extract(epoch from clock_timestamp() - w.heartbeat_at) * 1000 as silent_ms,
                   (select count(*) from execution e where e.worker_id = w.id and e.state = 'RUNNING') as running
            from worker w
            where (?::uuid is null or w.id = ?)
              and (? or w.state in ('RUNNING', 'STOPPING'))
            order by w.id desc
            limit ?
            """;

    @Language("SQL")
    private static final String RUNNING =
            """
            select id, job_id, type, queue, attempt, started_at from execution
            where worker_id = ? and state = 'RUNNING'
            order by started_at
            limit ?
            """;

    private final Database database;

    WorkerQueries(Database database) {
        this.database = database;
    }

    /**
     * Returns workers, latest first.
     *
     * @param ended whether to include those that ended in the last week
     */
    public List<WorkerView> all(boolean ended) {
        return workers(null, ended);
    }

    /**
     * Returns a worker and what it runs; empty if there is none, or it ended more than a week ago.
     */
    public Optional<WorkerView> find(UUID id) {
        return workers(id, true).stream().findFirst().map(worker -> worker.with(running(id)));
    }

    private List<WorkerView> workers(@Nullable UUID id, boolean ended) {
        return database.with(
                WORKERS,
                statement -> {
                    statement.setObject(1, id, Types.OTHER);
                    statement.setObject(2, id, Types.OTHER);
                    statement.setBoolean(3, ended);
                    statement.setInt(4, MAX_LISTING);
                    var workers = new ArrayList<WorkerView>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            workers.add(viewOf(row));
                        }
                    }
                    return workers;
                });
    }

    private List<RunningExecution> running(UUID id) {
        return database.with(
                RUNNING,
                statement -> {
                    statement.setObject(1, id);
                    statement.setInt(2, MAX_RUNNING);
                    var running = new ArrayList<RunningExecution>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            running.add(
                                    new RunningExecution(
                                            row.getObject("id", UUID.class),
                                            row.getObject("job_id", UUID.class),
                                            row.getString("type"),
                                            row.getString("queue"),
                                            row.getInt("attempt"),
                                            at(row, "started_at")));
                        }
                    }
                    return running;
                });
    }

    private static @Nullable List<String> texts(ResultSet row, String column) throws SQLException {
        var array = row.getArray(column);
        return array == null ? null : List.of((String[]) array.getArray());
    }

    private static WorkerView viewOf(ResultSet row) throws SQLException {
        var startedAt = at(row, "started_at");
        var heartbeatAt = at(row, "heartbeat_at");
        long running = row.getLong("running");
        var stoppedAt = row.getObject("stopped_at", OffsetDateTime.class);
        var roles = (String[]) row.getArray("roles").getArray();
        String namespace = row.getString("namespace");
        boolean isRemote = namespace != null;
        return new WorkerView(
                row.getObject("id", UUID.class),
                WorkerState.of(row.getString("state"), heartbeatAt.isAfter(startedAt), running),
                isRemote ? WorkerKind.REMOTE : WorkerKind.EMBEDDED,
                row.getString("host"),
                isRemote ? null : row.getLong("pid"),
                row.getString("version"),
                row.getString("name"),
                namespace,
                texts(row, "tasks"),
                texts(row, "queues"),
                row.getInt("capacity"),
                running,
                Arrays.stream(roles).map(ReplicaRole::valueOf).toList(),
                startedAt,
                heartbeatAt,
                Duration.ofMillis(Math.max(0, row.getLong("silent_ms"))),
                stoppedAt == null ? null : stoppedAt.toInstant(),
                null);
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
