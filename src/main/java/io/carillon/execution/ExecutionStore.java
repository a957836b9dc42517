package io.carillon.execution;

import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.Notifications;
import io.carillon.database.SqlArrays;
import io.carillon.database.TimeZoneData;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.carillon.problem.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Every statement that writes an execution. All times are the database's; all changes compare the
 * state they leave, and the epoch where a worker makes them. No row changed is a normal result.
 */
@ApplicationScoped
public class ExecutionStore {
    /** Spec columns come from the job's row, which cannot change while its trigger is locked. */
    @Language("SQL")
    private static final String INSERT_PLANNED =
            """
            insert into execution
                (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key, run_at,
                 max_attempts, delivery, timeout_ms, finished_at, reason, skipped_until, skipped_count, tzdata)
            select p.id, timestamptz 'epoch' + p.at * interval '1 millisecond', j.namespace, j.id, j.type, j.queue,
                   case when p.reason is null then 'QUEUED' else 'SKIPPED' end,
                   'SCHEDULE', j.priority, p.at - j.priority * ?,
                   timestamptz 'epoch' + p.at * interval '1 millisecond',
                   j.max_attempts, j.delivery, j.timeout_ms,
                   case when p.reason is not null then clock_timestamp() end, p.reason,
                   case when p.count > 1 then timestamptz 'epoch' + p.until * interval '1 millisecond' end,
                   case when p.reason is not null then p.count end, ?
            from unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::varchar[], ?::bigint[], ?::bigint[])
                     as p (id, job_id, at, reason, until, count)
            join job j on j.id = p.job_id
            on conflict (job_id, scheduled_at) do nothing
            """;

    /**
     * The microseconds keep a manual run off every planned instant, which has whole milliseconds.
     */
    @Language("SQL")
    private static final String INSERT_MANUAL =
            """
            insert into execution
                (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key, run_at,
                 max_attempts, delivery, timeout_ms, config)
            select ?, at.instant, j.namespace, j.id, j.type, j.queue, 'QUEUED', 'MANUAL', j.priority,
                   (extract(epoch from at.instant) * 1000)::bigint - j.priority * ?, at.instant,
                   j.max_attempts, j.delivery, j.timeout_ms, ?::jsonb
            from job j,
                 (select timestamptz 'epoch' + ? * interval '1 millisecond' + ? * interval '1 microsecond')
                     as at (instant)
            where j.id = ?
            on conflict (job_id, scheduled_at) do nothing
            """;

    /** The first millisecond from now on in which the job has no row with microseconds. */
    @Language("SQL")
    private static final String FREE_FROM =
            """
            select greatest(epoch_millis(clock_timestamp()), (
                select epoch_millis(max(scheduled_at)) + 1 from execution
                where job_id = ? and scheduled_at >= clock_timestamp() - interval '1 minute'
                  and scheduled_at < clock_timestamp() + interval '1 minute'))
            """;

    /**
     * Queued behind what is ready now, oldest instant first: a backfill holds up nothing that is
     * due.
     */
    @Language("SQL")
    private static final String INSERT_BACKFILL =
            """
            insert into execution
                (id, scheduled_at, planned_at, namespace, job_id, type, queue, state, origin, priority, order_key,
                 run_at, max_attempts, delivery, timeout_ms, tzdata)
            select b.id, timestamptz 'epoch' + b.millis * interval '1 millisecond' + b.micros * interval '1 microsecond',
                   timestamptz 'epoch' + b.planned * interval '1 millisecond', j.namespace, j.id, j.type, j.queue,
                   'QUEUED', 'BACKFILL', j.priority, ? + b.place - 1 - j.priority * ?, clock_timestamp(),
                   j.max_attempts, j.delivery, j.timeout_ms, ?
            from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[])
                     with ordinality as b (id, millis, micros, planned, place),
                 job j
            where j.id = ?
            """;

    @Language("SQL")
    private static final String INSERT_SUBMITTED =
            """
            insert into execution
                (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key, run_at,
                 max_attempts, delivery, timeout_ms, config, retry, labels)
            select ?, at.instant, ?, ?, ?, case when at.instant > clock_timestamp() then 'SCHEDULED' else 'QUEUED' end,
                   'SUBMIT', ?, ? - ? * ?, at.instant, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb
            from (select timestamptz 'epoch' + ? * interval '1 millisecond') as at (instant)
            """;

    /**
     * Takes the first in order. Nothing is claimed for a worker that has been marked dead; one that
     * is marked meanwhile has its claims rescued like all it runs.
     */
    @Language("SQL")
    private static final String CLAIM =
            """
            with next_in_order as (
                select id, scheduled_at, job_id from execution
                where state = 'QUEUED'
                  and exists (select from worker where id = ? and state = 'RUNNING')
                order by order_key
                limit ?
                for update skip locked)
            update execution e
            set state = 'RUNNING', worker_id = ?, epoch = e.epoch + 1, attempt = e.attempt + 1,
                started_at = clock_timestamp()
            from next_in_order n left join job j on j.id = n.job_id
            where e.id = n.id and e.scheduled_at = n.scheduled_at
            returning e.id, e.scheduled_at, coalesce(e.planned_at, e.scheduled_at) as planned_at, e.epoch, e.job_id, e.namespace, e.type, e.attempt, e.max_attempts,
                      e.delivery, e.timeout_ms, coalesce(e.config, j.config) as config,
                      coalesce(e.retry, j.retry) as retry,
                      (extract(epoch from e.started_at - e.run_at) * 1000)::bigint as start_delay_ms
            """;

    @Language("SQL")
    private static final String COMPLETE =
            """
            update execution e
            set state = c.state,
                finished_at = case when c.state in ('SUCCEEDED', 'FAILED') then clock_timestamp() end,
                run_at = case when c.state in ('SUCCEEDED', 'FAILED') then e.run_at
                              else clock_timestamp() + c.delay_ms * interval '1 millisecond' end,
                order_key = case when c.state in ('SUCCEEDED', 'FAILED') then e.order_key
                                 else (extract(epoch from clock_timestamp()) * 1000)::bigint + c.delay_ms
                                      - e.priority * ? end,
                attempt = case when c.state = 'QUEUED' then e.attempt - 1 else e.attempt end,
                worker_id = case when c.state in ('QUEUED', 'RETRYING') then null else e.worker_id end,
                result = c.result,
                error = c.error,
                errors = case when c.error is null then e.errors
                              else coalesce(e.errors, '[]') || c.error end
            from unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::varchar[], ?::bigint[], ?::jsonb[], ?::jsonb[])
                     as c (id, scheduled_at, epoch, state, delay_ms, result, error)
            where e.id = c.id and e.scheduled_at = c.scheduled_at
              and e.state = 'RUNNING' and e.epoch = c.epoch
            returning e.id
            """;

    @Language("SQL")
    private static final String PROMOTE =
            """
            with due as (
                select id, scheduled_at from execution
                where state in ('SCHEDULED', 'RETRYING') and run_at <= statement_timestamp()
                order by run_at
                limit ?
                for update skip locked)
            update execution e set state = 'QUEUED'
            from due d where e.id = d.id and e.scheduled_at = d.scheduled_at
            """;

    @Language("SQL")
    private static final String NEXT_WAITING =
            """
            select (extract(epoch from min(run_at) - clock_timestamp()) * 1000)::bigint from execution
            where state in ('SCHEDULED', 'RETRYING')
            """;

    /**
     * A rescue counts as an attempt. The epoch stays: the next claim raises it past the dead
     * worker's.
     */
    @Language("SQL")
    private static final String RESCUE =
            """
            with lost as (
                select e.id, e.scheduled_at,
                       e.delivery = 'AT_LEAST_ONCE' and e.attempt < e.max_attempts as again,
                       jsonb_build_object('code', 'WORKER_LOST',
                                          'message', 'the worker that ran it stopped renewing its lease',
                                          'attempt', e.attempt, 'at', clock_timestamp()) as error
                from execution e join worker w on w.id = e.worker_id
                where e.state = 'RUNNING' and w.state in ('FAILED', 'STOPPED')
                limit ?
                for update of e skip locked)
            update execution e
            set state = case when lost.again then 'QUEUED' else 'FAILED' end,
                run_at = case when lost.again then clock_timestamp() else e.run_at end,
                worker_id = case when lost.again then null else e.worker_id end,
                finished_at = case when lost.again then null else clock_timestamp() end,
                error = lost.error,
                errors = coalesce(e.errors, '[]') || lost.error
            from lost
            where e.id = lost.id and e.scheduled_at = lost.scheduled_at and e.state = 'RUNNING'
            """;

    @Language("SQL")
    private static final String GIVE_BACK_UNKNOWN =
            """
            update execution
            set state = 'QUEUED', attempt = attempt - 1, worker_id = null
            where worker_id = ? and state = 'RUNNING' and id <> all (?)
            """;

    @Language("SQL")
    private static final String CANCEL_WAITING =
            """
            update execution set state = 'CANCELLED', finished_at = clock_timestamp(), reason = ?
            where job_id = ? and state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RETRYING')
            """;

    /** Microseconds that a manual run or a backfill may carry: whole milliseconds are planned. */
    private static final int MICROS_OF_A_MILLI = 999;

    private final DataSource dataSource;
    private final Json json;
    private final TimeZoneData timeZoneData;
    private final long headStartMillis;

    ExecutionStore(
            DataSource dataSource, Json json, TimeZoneData timeZoneData, ExecutionConfig config) {
        this.dataSource = dataSource;
        this.json = json;
        this.timeZoneData = timeZoneData;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Writes planned instants into the ledger, in the firing transaction of {@code connection}. One
     * that is already there stays as it is.
     *
     * @return how many rows were new
     */
    public int insertPlanned(Connection connection, List<PlannedExecution> planned)
            throws SQLException {
        int size = planned.size();
        var ids = new UUID[size];
        var jobIds = new UUID[size];
        long[] at = new long[size];
        var reasons = new String[size];
        long[] until = new long[size];
        long[] counts = new long[size];
        boolean work = false;
        for (int index = 0; index < size; index++) {
            var row = planned.get(index);
            ids[index] = UuidV7.at(row.scheduledAtMillis());
            jobIds[index] = row.jobId();
            at[index] = row.scheduledAtMillis();
            reasons[index] = row.reason();
            until[index] = row.skippedUntilMillis();
            counts[index] = row.skippedCount();
            work |= row.reason() == null;
        }
        try (var statement = connection.prepareStatement(INSERT_PLANNED)) {
            statement.setLong(1, headStartMillis);
            statement.setShort(2, timeZoneData.id());
            statement.setArray(3, connection.createArrayOf("uuid", ids));
            statement.setArray(4, connection.createArrayOf("uuid", jobIds));
            statement.setArray(5, SqlArrays.longs(connection, at));
            statement.setArray(6, connection.createArrayOf("varchar", reasons));
            statement.setArray(7, SqlArrays.longs(connection, until));
            statement.setArray(8, SqlArrays.longs(connection, counts));
            int inserted = statement.executeUpdate();
            if (work) {
                Notifications.send(connection, Topic.WORK, "");
            }
            return inserted;
        }
    }

    /** Queues a manual run of a job; {@code config} null: the job's own. */
    public UUID insertManual(
            Connection connection, UUID jobId, Instant now, @Nullable String config)
            throws SQLException {
        long millis = now.toEpochMilli();
        for (int micros = 1; micros < 1000; micros++) {
            var id = UuidV7.at(millis);
            try (var statement = connection.prepareStatement(INSERT_MANUAL)) {
                statement.setObject(1, id);
                statement.setLong(2, headStartMillis);
                statement.setString(3, config);
                statement.setLong(4, millis);
                statement.setInt(5, micros);
                statement.setObject(6, jobId);
                if (statement.executeUpdate() == 1) {
                    Notifications.send(connection, Topic.WORK, "");
                    return id;
                }
            }
        }
        throw new IllegalStateException("A thousand manual runs of one job in one millisecond");
    }

    /**
     * Queues executions of planned instants that have none, in the transaction of {@code
     * connection}, which has locked the job. Each is a row of its own beside a skipped one: final
     * states stay final.
     *
     * @param planned whole milliseconds, oldest first
     */
    public void insertBackfill(Connection connection, UUID jobId, List<Instant> planned)
            throws SQLException {
        if (planned.isEmpty()) {
            return;
        }
        long from = freeFrom(connection, jobId);
        int size = planned.size();
        var ids = new UUID[size];
        long[] millis = new long[size];
        long[] micros = new long[size];
        long[] plannedMillis = new long[size];
        for (int index = 0; index < size; index++) {
            millis[index] = from + index / MICROS_OF_A_MILLI;
            micros[index] = 1L + index % MICROS_OF_A_MILLI;
            ids[index] = UuidV7.at(millis[index]);
            plannedMillis[index] = planned.get(index).toEpochMilli();
        }
        try (var statement = connection.prepareStatement(INSERT_BACKFILL)) {
            statement.setLong(1, from);
            statement.setLong(2, headStartMillis);
            statement.setShort(3, timeZoneData.id());
            statement.setArray(4, connection.createArrayOf("uuid", ids));
            statement.setArray(5, SqlArrays.longs(connection, millis));
            statement.setArray(6, SqlArrays.longs(connection, micros));
            statement.setArray(7, SqlArrays.longs(connection, plannedMillis));
            statement.setObject(8, jobId);
            statement.executeUpdate();
        }
        Notifications.send(connection, Topic.WORK, "");
    }

    private static long freeFrom(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(FREE_FROM)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Queues a submission, or schedules it if its time is ahead. */
    UUID insertSubmitted(Connection connection, Submission submission) throws SQLException {
        long runAt = submission.runAt().toEpochMilli();
        var id = UuidV7.at(runAt);
        try (var statement = connection.prepareStatement(INSERT_SUBMITTED)) {
            statement.setObject(1, id);
            statement.setString(2, submission.namespace());
            statement.setString(3, submission.type());
            statement.setString(4, submission.queue());
            statement.setInt(5, submission.priority());
            statement.setLong(6, runAt);
            statement.setInt(7, submission.priority());
            statement.setLong(8, headStartMillis);
            statement.setInt(9, submission.retry().attempts());
            statement.setString(10, submission.delivery().name());
            statement.setLong(11, submission.timeout().toMillis());
            statement.setString(12, json.text(submission.config()));
            statement.setString(13, json.text(submission.retry()));
            statement.setString(14, json.text(submission.labels()));
            statement.setLong(15, runAt);
            statement.executeUpdate();
            Notifications.send(connection, Topic.WORK, "");
            return id;
        }
    }

    /** Takes up to {@code limit} executions for a worker. */
    List<Claim> claim(UUID workerId, int limit) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(CLAIM)) {
            statement.setObject(1, workerId);
            statement.setInt(2, limit);
            statement.setObject(3, workerId);
            var claims = new ArrayList<Claim>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    claims.add(claimOf(row));
                }
            }
            return claims;
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Nothing could be claimed", failure);
        }
    }

    private Claim claimOf(ResultSet row) throws SQLException {
        String retry = row.getString("retry");
        String config = row.getString("config");
        return new Claim(
                row.getObject("id", UUID.class),
                row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
                row.getObject("planned_at", OffsetDateTime.class).toInstant(),
                row.getLong("epoch"),
                row.getObject("job_id", UUID.class),
                row.getString("namespace"),
                row.getString("type"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                Delivery.valueOf(row.getString("delivery")),
                Duration.ofMillis(row.getLong("timeout_ms")),
                json.tree(config == null ? "{}" : config),
                retry == null ? RetryPolicy.DEFAULT : json.stored(retry, RetryPolicy.class),
                Duration.ofMillis(row.getLong("start_delay_ms")));
    }

    /**
     * Stores outcomes, each fenced by its claim's epoch.
     *
     * @return the executions that took theirs; for the others the lease was lost
     */
    Set<UUID> complete(List<Completion> completions) {
        int size = completions.size();
        var ids = new UUID[size];
        var scheduledAt = new String[size];
        long[] epochs = new long[size];
        var states = new String[size];
        long[] delays = new long[size];
        var results = new String[size];
        var errors = new String[size];
        for (int index = 0; index < size; index++) {
            var completion = completions.get(index);
            ids[index] = completion.claim().id();
            scheduledAt[index] = completion.claim().scheduledAt().toString();
            epochs[index] = completion.claim().epoch();
            states[index] = completion.state().name();
            delays[index] = completion.delay().toMillis();
            results[index] = completion.result() == null ? null : json.text(completion.result());
            errors[index] = completion.error() == null ? null : json.text(completion.error());
        }
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(COMPLETE)) {
            statement.setLong(1, headStartMillis);
            statement.setArray(2, connection.createArrayOf("uuid", ids));
            statement.setArray(3, connection.createArrayOf("timestamptz", scheduledAt));
            statement.setArray(4, SqlArrays.longs(connection, epochs));
            statement.setArray(5, connection.createArrayOf("varchar", states));
            statement.setArray(6, SqlArrays.longs(connection, delays));
            statement.setArray(7, connection.createArrayOf("jsonb", results));
            statement.setArray(8, connection.createArrayOf("jsonb", errors));
            var stored = HashSet.<UUID>newHashSet(size);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    stored.add(row.getObject(1, UUID.class));
                }
            }
            if (completions.stream().anyMatch(completion -> !completion.state().isFinal())) {
                Notifications.send(connection, Topic.WORK, "");
            }
            return stored;
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Outcomes could not be stored", failure);
        }
    }

    /** Queues what has come due; returns how many. */
    int promote(int limit) {
        return updateUpTo(PROMOTE, limit, "Waiting executions could not be queued");
    }

    /**
     * How long until the next waiting execution comes due, negative when it has; null when none
     * waits.
     */
    @Nullable Duration untilNextWaiting() {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(NEXT_WAITING);
                var row = statement.executeQuery()) {
            row.next();
            long millis = row.getLong(1);
            return row.wasNull() ? null : Duration.ofMillis(millis);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Waiting executions could not be read", failure);
        }
    }

    /** Takes back what dead workers ran; returns how many executions. */
    int rescue(int limit) {
        return updateUpTo(RESCUE, limit, "Executions could not be rescued");
    }

    /**
     * Gives back what a worker holds without knowing it: claims whose answer was lost with its
     * connection.
     *
     * @param known all that the worker knows it holds
     */
    int giveBackUnknown(UUID workerId, Set<UUID> known) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(GIVE_BACK_UNKNOWN)) {
            statement.setObject(1, workerId);
            statement.setArray(2, connection.createArrayOf("uuid", known.toArray()));
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException(
                    "Unknown claims could not be given back", failure);
        }
    }

    /** Cancels what has not started of a job, in the transaction of {@code connection}. */
    public int cancelWaiting(Connection connection, UUID jobId, String reason) throws SQLException {
        try (var statement = connection.prepareStatement(CANCEL_WAITING)) {
            statement.setString(1, reason);
            statement.setObject(2, jobId, Types.OTHER);
            return statement.executeUpdate();
        }
    }

    private int updateUpTo(String sql, int limit, String failureMessage) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setInt(1, limit);
            int changed = statement.executeUpdate();
            if (changed > 0) {
                Notifications.send(connection, Topic.WORK, "");
            }
            return changed;
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException(failureMessage, failure);
        }
    }
}
