package io.carillon.execution.ledger;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionState;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads what remote workers hold, and what waits for them. Their claims are made by {@link Claims},
 * and their outcomes are stored by {@link ExecutionStore}, as those of replicas are.
 */
@ApplicationScoped
public class RemoteExecutions {
    /** Reads no config, which may be large and is not needed any more. */
    @Language("SQL")
    private static final String FIND =
            """
            select e.id, e.scheduled_at, coalesce(e.planned_at, e.scheduled_at) as planned_at, e.epoch, e.job_id,
                   (select j.version from job j where j.id = e.job_id) as job_version, e.namespace, e.type, e.queue,
                   e.task, e.attempt, e.max_attempts, e.delivery, e.timeout_ms, e.weight, null as config, e.retry,
                   0 as start_delay_ms, e.state, e.worker_id, e.error ->> 'code' as error_code,
                   e.cancel_requested_at is not null as is_cancel_requested,
                   (extract(epoch from clock_timestamp() - e.started_at) * 1000)::bigint as running_ms
            from execution e
            where e.id = ? and e.scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and e.scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
            """;

    @Language("SQL")
    private static final String HELD =
            """
            select id, cancel_requested_at is not null as is_cancel_requested,
                   started_at < clock_timestamp() - ? * interval '1 millisecond' as is_old
            from execution where worker_id = ? and state = 'RUNNING'
            """;

    @Language("SQL")
    private static final String SLOTS_HELD =
            "select coalesce(sum(weight), 0) from execution where worker_id = ? and state = 'RUNNING'";

    @Language("SQL")
    public static final String OVERDUE =
            """
            select id from execution
            where state = 'RUNNING' and task is not null
              and started_at + (timeout_ms + ?) * interval '1 millisecond' < clock_timestamp()
            limit ?
            """;

    @Language("SQL")
    private static final String PROGRESS =
            """
            update execution
            set progress = ?::jsonb || jsonb_build_object('at', clock_timestamp())
            where id = ? and scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
              and state || '' = 'RUNNING' and worker_id = ? and epoch = ?
            """;

    @Language("SQL")
    public static final String UNANSWERED =
            """
            select id from execution
            where state = 'AWAITING' and answer_by + ? * interval '1 millisecond' < clock_timestamp()
            order by answer_by
            limit ?
            """;

    /** An answer that is overdue cannot be put off, since others may be about to end it. */
    @Language("SQL")
    private static final String PUT_OFF =
            """
            update execution
            set progress = ?::jsonb || jsonb_build_object('at', clock_timestamp()),
                answer_by = greatest(answer_by, clock_timestamp() + ? * interval '1 millisecond')
            where id = ? and scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
              and state || '' = 'AWAITING' and epoch = ? and answer_by > clock_timestamp()
            """;

    /** Finds the execution of a job that ends first. */
    @Language("SQL")
    private static final String OPEN_OF_JOB =
            """
            select id, epoch from execution
            where job_id = ? and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and state in ('RUNNING', 'AWAITING')
            order by scheduled_at
            limit 1
            """;

    /** Looks once into the index of each task, for each queue that may start executions. */
    @Language("SQL")
    public static final String WAITING =
            """
            select wanted.namespace, wanted.task
            from unnest(?::varchar[], ?::varchar[]) as wanted (namespace, task)
            where exists (
                select from queue q cross join lateral (
                    select from execution e
                    where e.queue = q.name and e.namespace = q.namespace and e.task = wanted.task
                      and e.state = 'QUEUED'
                    limit 1) as first
                where q.namespace = wanted.namespace and not q.paused)
            """;

    private final Database database;
    private final Database background;
    private final ClaimRows rows;
    private final Json json;

    /**
     * An execution as it stands.
     *
     * @param claim its last one; without config
     * @param workerId the worker that runs it, or ended it; null: none
     * @param errorCode of its last failure; null: none
     * @param runningFor the time since the start of its last attempt; zero if there was none
     */
    public record Held(
            Claim claim,
            ExecutionState state,
            @Nullable UUID workerId,
            @Nullable String errorCode,
            boolean isCancelRequested,
            Duration runningFor) {

        /** Whether it runs under this claim of this worker. */
        public boolean isBy(UUID worker, long epoch) {
            return state == ExecutionState.RUNNING
                    && worker.equals(workerId)
                    && claim.epoch() == epoch;
        }
    }

    /**
     * An execution that a worker runs.
     *
     * @param isOld whether it was claimed so long ago that the worker must know of it
     */
    public record Holding(UUID id, boolean isCancelRequested, boolean isOld) {}

    /** A task of a namespace. */
    public record Task(String namespace, String name) {}

    RemoteExecutions(
            Database database, @BackgroundPool Database background, ClaimRows rows, Json json) {
        this.database = database;
        this.background = background;
        this.rows = rows;
        this.json = json;
    }

    /** Returns the execution; empty if there is none. */
    public Optional<Held> find(UUID id) {
        if (id.version() != 7) {
            return Optional.empty();
        }
        return database.with(
                connection -> {
                    try (var statement = connection.prepareStatement(FIND)) {
                        setId(statement, 1, id);
                        try (var row = statement.executeQuery()) {
                            return row.next()
                                    ? Optional.of(heldOf(connection, row))
                                    : Optional.empty();
                        }
                    }
                });
    }

    private Held heldOf(Connection connection, ResultSet row) throws SQLException {
        var claim = rows.claimOf(row);
        var state = ExecutionState.valueOf(row.getString("state"));
        var workerId = row.getObject("worker_id", UUID.class);
        String errorCode = row.getString("error_code");
        boolean isCancelRequested = row.getBoolean("is_cancel_requested");
        var runningFor = Duration.ofMillis(row.getLong("running_ms"));
        return new Held(
                rows.complete(connection, List.of(claim)).getFirst(),
                state,
                workerId,
                errorCode,
                isCancelRequested,
                runningFor);
    }

    /**
     * Returns what a worker runs.
     *
     * @param old the age after which a claim is old
     */
    public List<Holding> heldBy(UUID workerId, Duration old) {
        return database.with(
                HELD,
                statement -> {
                    statement.setLong(1, old.toMillis());
                    statement.setObject(2, workerId);
                    var held = new ArrayList<Holding>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            held.add(
                                    new Holding(
                                            row.getObject(1, UUID.class),
                                            row.getBoolean(2),
                                            row.getBoolean(3)));
                        }
                    }
                    return held;
                });
    }

    /** Returns the slots that a worker's executions take, in the caller's transaction. */
    public int slotsHeldBy(Connection connection, UUID workerId) throws SQLException {
        try (var statement = connection.prepareStatement(SLOTS_HELD)) {
            statement.setObject(1, workerId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /**
     * Returns executions of remote workers that have run for longer than their timeout.
     *
     * @param grace how much longer they must have run
     */
    public List<UUID> overdue(Duration grace, int limit) {
        return idsOfLate(OVERDUE, grace, limit);
    }

    /**
     * Stores a worker's progress.
     *
     * @return false if it does not run under this claim
     */
    public boolean progress(UUID id, UUID workerId, long epoch, Map<String, Object> progress) {
        return database.with(
                PROGRESS,
                statement -> {
                    statement.setString(1, json.text(progress));
                    setId(statement, 2, id);
                    statement.setObject(5, workerId);
                    statement.setLong(6, epoch);
                    return statement.executeUpdate() == 1;
                });
    }

    /**
     * Returns executions whose answer is overdue.
     *
     * @param grace for how long
     */
    public List<UUID> unanswered(Duration grace, int limit) {
        return idsOfLate(UNANSWERED, grace, limit);
    }

    private List<UUID> idsOfLate(@Language("SQL") String sql, Duration grace, int limit) {
        return background.with(
                sql,
                statement -> {
                    statement.setLong(1, grace.toMillis());
                    statement.setInt(2, limit);
                    var late = new ArrayList<UUID>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            late.add(row.getObject(1, UUID.class));
                        }
                    }
                    return late;
                });
    }

    /**
     * Stores the progress of an execution that awaits its answer.
     *
     * @param within how long from now the answer may take; zero: as before
     * @return false if it does not await an answer to this claim, or the answer is overdue
     */
    public boolean putOff(UUID id, long epoch, Map<String, Object> progress, Duration within) {
        return database.with(
                PUT_OFF,
                statement -> {
                    statement.setString(1, json.text(progress));
                    statement.setLong(2, within.toMillis());
                    setId(statement, 3, id);
                    statement.setLong(6, epoch);
                    return statement.executeUpdate() == 1;
                });
    }

    /** Returns the first execution of a job that runs or awaits its answer, and its epoch. */
    public Optional<Map.Entry<UUID, Long>> openOf(UUID jobId) {
        return database.with(
                OPEN_OF_JOB,
                statement -> {
                    statement.setObject(1, jobId);
                    try (var row = statement.executeQuery()) {
                        return row.next()
                                ? Optional.of(
                                        Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
                                : Optional.empty();
                    }
                });
    }

    /** Returns the tasks that have queued executions that may start. */
    public Set<Task> waiting(Set<Task> wanted) {
        return background.with(
                WAITING,
                statement -> {
                    var connection = statement.getConnection();
                    var tasks = List.copyOf(wanted);
                    statement.setArray(
                            1,
                            connection.createArrayOf(
                                    "varchar", tasks.stream().map(Task::namespace).toArray()));
                    statement.setArray(
                            2,
                            connection.createArrayOf(
                                    "varchar", tasks.stream().map(Task::name).toArray()));
                    var waiting = new HashSet<Task>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            waiting.add(new Task(row.getString(1), row.getString(2)));
                        }
                    }
                    return waiting;
                });
    }

    /**
     * Sets three parameters: the id, and twice the milliseconds in it, which identify its
     * partition.
     */
    private static void setId(PreparedStatement statement, int index, UUID id) throws SQLException {
        long millis = UuidV7.epochMillis(id);
        statement.setObject(index, id);
        statement.setLong(index + 1, millis);
        statement.setLong(index + 2, millis);
    }
}
