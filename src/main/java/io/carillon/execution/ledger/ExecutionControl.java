package io.carillon.execution.ledger;

import io.carillon.database.ArrayParameters;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.SqlArrays;
import io.carillon.database.SqlParameters;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionState;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Changes executions from outside: cancels, moves and releases them, and marks them as followed or
 * replayed. Every method that ends an execution, here or in {@link ExecutionStore}, passes it to
 * {@link Ends} in the same transaction.
 */
@ApplicationScoped
public class ExecutionControl {
    /** Ends waiting executions, and marks running ones, which their worker ends. */
    @Language("SQL")
    private static final String CANCEL =
            """
            with wanted as (
                select e.id, e.scheduled_at
                from unnest(?::uuid[], ?::bigint[]) as w (id, at)
                join execution e on e.id = w.id
                                and e.scheduled_at >= timestamptz 'epoch' + w.at * interval '1 millisecond'
                                and e.scheduled_at < timestamptz 'epoch' + (w.at + 1) * interval '1 millisecond'
                where e.state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
                order by e.id
                for no key update of e)
            update execution e
            set state = case when e.state = 'RUNNING' then 'RUNNING' else 'CANCELLED' end,
                finished_at = case when e.state = 'RUNNING' then null else clock_timestamp() end,
                answer_by = null,
                cancel_requested_at = coalesce(e.cancel_requested_at, clock_timestamp()),
                reason = coalesce(e.reason, ?)
            from wanted w
            where e.id = w.id and e.scheduled_at = w.scheduled_at
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, true, e.attempt, e.namespace, e.type, e.reason,
                      null::varchar
            """;

    @Language("SQL")
    private static final String ACTIVE_OF_JOB =
            """
            select id from execution
            where job_id = ? and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
            """;

    @Language("SQL")
    private static final String CANCEL_REQUESTED =
            """
            select id from execution
            where worker_id = ? and state = 'RUNNING' and cancel_requested_at is not null
            """;

    @Language("SQL")
    private static final String MOVE =
            """
            update execution
            set priority = coalesce(?, priority),
                run_at = coalesce(?, run_at),
                start_deadline_at = start_deadline_at + (coalesce(?, run_at) - run_at),
                order_key = (extract(epoch from coalesce(?, run_at)) * 1000)::bigint - coalesce(?, priority) * ?,
                state = case when state = 'QUEUED' and ? > clock_timestamp() then 'SCHEDULED'
                             when state = 'SCHEDULED' and ? <= clock_timestamp() then 'QUEUED'
                             else state end
            where id = ?
              and scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
              and state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RETRYING')
            """;

    /**
     * Because of the row lock, a transaction that ends one of these waits, and then finds its
     * followers.
     */
    @Language("SQL")
    private static final String MARK_FOLLOWED =
            """
            with wanted as (
                select e.id, e.scheduled_at
                from unnest(?::uuid[], ?::bigint[]) as w (id, at)
                join execution e on e.id = w.id
                                and e.scheduled_at >= timestamptz 'epoch' + w.at * interval '1 millisecond'
                                and e.scheduled_at < timestamptz 'epoch' + (w.at + 1) * interval '1 millisecond'
                where ?::varchar[] is null or e.namespace = any (?)
                order by e.id
                for no key update of e)
            update execution e set followed = true
            from wanted w where e.id = w.id and e.scheduled_at = w.scheduled_at
            returning e.id, e.state
            """;

    /**
     * Subtracts {@code count} from the number of executions that a dependent still waits for; at
     * zero it is released. The state is an expression, as in {@link ExecutionStore}, so that the
     * planner does not use the index of all blocked rows to find a few.
     */
    @Language("SQL")
    private static final String COUNT_DOWN =
            """
            update execution e
            set waits_for = e.waits_for - n.count,
                state = case when e.waits_for > n.count then 'BLOCKED'
                             when e.run_at > clock_timestamp() then 'SCHEDULED'
                             else 'QUEUED' end
            from unnest(?::uuid[], ?::timestamptz[], ?::integer[]) as n (id, scheduled_at, count)
            where e.id = n.id and e.scheduled_at = n.scheduled_at and e.state || '' = 'BLOCKED'
            """;

    /** Gives jobs' next executions their turn; the end of each finds the one after it. */
    @Language("SQL")
    private static final String RELEASE =
            """
            update execution e set state = 'QUEUED', followed = true
            from unnest(?::uuid[], ?::timestamptz[]) as n (id, scheduled_at)
            where e.id = n.id and e.scheduled_at = n.scheduled_at and e.state || '' = 'BLOCKED'
            """;

    @Language("SQL")
    private static final String MARK_REPLAYED =
            """
            update execution set replayed_by = ?
            where id = ? and scheduled_at = ? and state in ('FAILED', 'CANCELLED')
            """;

    private final Database database;
    private final Database background;
    private final Ends ends;
    private final Notifications notifications;
    private final long headStartMillis;

    /**
     * An execution that a statement has changed, and the state it is in now.
     *
     * @param reason why it was skipped or cancelled
     * @param code of the error of the attempt that failed
     */
    public record Changed(
            UUID id,
            Instant scheduledAt,
            @Nullable UUID jobId,
            ExecutionState state,
            boolean isFollowed,
            boolean isCancelRequested,
            int attempt,
            String namespace,
            String type,
            @Nullable String reason,
            @Nullable String code) {}

    /** A waiting submission, and how many of its dependencies have just ended. */
    public record Dependent(UUID id, Instant scheduledAt, int ended) {}

    /** The key of a row of the ledger. */
    public record Row(UUID id, Instant scheduledAt) {}

    ExecutionControl(
            Database database,
            @BackgroundPool Database background,
            Ends ends,
            Notifications notifications,
            ExecutionConfig config) {
        this.database = database;
        this.background = background;
        this.ends = ends;
        this.notifications = notifications;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Runs a statement that changes executions, and handles its effects: notes the ended ones for
     * their followers, and cancels those that should not go on.
     */
    List<Changed> change(Connection connection, PreparedStatement statement) throws SQLException {
        var changed = changed(statement);
        var unwanted = new ArrayList<UUID>();
        boolean work = false;
        for (var execution : changed) {
            if (!execution.state.isFinal() && execution.isCancelRequested) {
                unwanted.add(execution.id);
            }
            work |= !execution.state.isFinal() && execution.state != ExecutionState.AWAITING;
        }
        ends.note(connection, changed);
        cancel(connection, unwanted, "REQUESTED");
        if (work) {
            notifications.soon(Topic.WORK, "");
        }
        return changed;
    }

    /** Returns the executions of a worker that were asked to be cancelled. */
    public Set<UUID> cancelRequested(UUID workerId) {
        return background.with(
                CANCEL_REQUESTED,
                statement -> {
                    statement.setObject(1, workerId);
                    return Set.copyOf(ids(statement));
                });
    }

    /**
     * Cancels an execution: one that waits ends at once, one that runs is ended by its worker, one
     * that has ended stays as it is.
     *
     * @param reason upper-case, why
     */
    public List<Changed> cancel(Connection connection, Collection<UUID> ids, String reason)
            throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<Changed> cancelled;
        try (var statement = connection.prepareStatement(CANCEL)) {
            setIds(statement, 1, ids);
            statement.setString(3, reason);
            cancelled = changed(statement);
        }
        for (var execution : cancelled) {
            if (execution.state == ExecutionState.RUNNING) {
                Notifications.send(connection, Topic.CANCEL, execution.id.toString());
            }
        }
        ends.note(connection, cancelled);
        return cancelled;
    }

    /**
     * Cancels all executions of a job that have not ended, in the transaction of {@code
     * connection}.
     */
    public void cancelAllOf(Connection connection, UUID jobId, String reason) throws SQLException {
        List<UUID> active;
        try (var statement = connection.prepareStatement(ACTIVE_OF_JOB)) {
            statement.setObject(1, jobId);
            active = ids(statement);
        }
        cancel(connection, active, reason);
    }

    /**
     * Changes priority and time to run of an execution that waits.
     *
     * @param priority null to leave it
     * @param runAt null to leave it
     * @return false if it no longer waits
     */
    public boolean move(UUID id, @Nullable Integer priority, @Nullable Instant runAt) {
        var at = runAt == null ? null : runAt.atOffset(ZoneOffset.UTC);
        long millis = UuidV7.epochMillis(id);
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(MOVE)) {
                        statement.setObject(1, priority, Types.SMALLINT);
                        for (int index = 2; index <= 4; index++) {
                            statement.setObject(index, at, Types.TIMESTAMP_WITH_TIMEZONE);
                        }
                        statement.setObject(5, priority, Types.SMALLINT);
                        statement.setLong(6, headStartMillis);
                        statement.setObject(7, at, Types.TIMESTAMP_WITH_TIMEZONE);
                        statement.setObject(8, at, Types.TIMESTAMP_WITH_TIMEZONE);
                        statement.setObject(9, id);
                        statement.setLong(10, millis);
                        statement.setLong(11, millis);
                        boolean moved = statement.executeUpdate() == 1;
                        if (moved) {
                            notifications.soon(Topic.WORK, "");
                        }
                        return moved;
                    }
                });
    }

    /**
     * Marks executions as followed, locks them, and returns their states.
     *
     * @param scope executions that it does not see are left alone
     */
    public Map<UUID, ExecutionState> markFollowed(
            Connection connection, Scope scope, Collection<UUID> ids) throws SQLException {
        var states = new HashMap<UUID, ExecutionState>();
        try (var statement = connection.prepareStatement(MARK_FOLLOWED)) {
            setIds(statement, 1, ids);
            var parameters = new SqlParameters(statement, 2);
            parameters.twice(scope.visible().orElse(null));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    states.put(
                            row.getObject(1, UUID.class), ExecutionState.valueOf(row.getString(2)));
                }
            }
        }
        return states;
    }

    /** Counts down dependents by the number of their dependencies that have ended. */
    public void countDown(Connection connection, List<Dependent> dependents) throws SQLException {
        try (var statement = connection.prepareStatement(COUNT_DOWN)) {
            new ArrayParameters<>(statement, 1, dependents)
                    .add("uuid", Dependent::id)
                    .add("timestamptz", each -> each.scheduledAt().toString())
                    .add("int4", Dependent::ended);
            statement.executeUpdate();
        }
        notifications.soon(Topic.WORK, "");
    }

    /** Queues executions of jobs whose turn has come. */
    public void release(Connection connection, List<Row> next) throws SQLException {
        try (var statement = connection.prepareStatement(RELEASE)) {
            new ArrayParameters<>(statement, 1, next)
                    .add("uuid", Row::id)
                    .add("timestamptz", each -> each.scheduledAt().toString());
            statement.executeUpdate();
        }
        notifications.soon(Topic.WORK, "");
    }

    /** Stores in a dead letter which execution replays it. */
    public void markReplayed(Connection connection, UUID id, Instant scheduledAt, UUID replay)
            throws SQLException {
        try (var statement = connection.prepareStatement(MARK_REPLAYED)) {
            statement.setObject(1, replay);
            statement.setObject(2, id);
            statement.setObject(3, scheduledAt.atOffset(ZoneOffset.UTC));
            statement.executeUpdate();
        }
    }

    private static List<Changed> changed(PreparedStatement statement) throws SQLException {
        var changed = new ArrayList<Changed>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                changed.add(
                        new Changed(
                                row.getObject(1, UUID.class),
                                row.getObject(2, OffsetDateTime.class).toInstant(),
                                row.getObject(3, UUID.class),
                                ExecutionState.valueOf(row.getString(4)),
                                row.getBoolean(5),
                                row.getBoolean(6),
                                row.getInt(7),
                                row.getString(8),
                                row.getString(9),
                                row.getString(10),
                                row.getString(11)));
            }
        }
        return changed;
    }

    private static List<UUID> ids(PreparedStatement statement) throws SQLException {
        var ids = new ArrayList<UUID>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                ids.add(row.getObject(1, UUID.class));
            }
        }
        return ids;
    }

    /**
     * Sets two parameters: the ids, and the milliseconds in them, which identify their partitions.
     */
    private static void setIds(PreparedStatement statement, int index, Collection<UUID> ids)
            throws SQLException {
        var connection = statement.getConnection();
        statement.setArray(index, connection.createArrayOf("uuid", ids.toArray()));
        statement.setArray(
                index + 1,
                SqlArrays.longs(connection, ids.stream().mapToLong(UuidV7::epochMillis).toArray()));
    }
}
