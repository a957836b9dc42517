package io.carillon.execution;

import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.Notifications;
import io.carillon.database.SqlArrays;
import io.carillon.database.Topic;
import io.carillon.database.Transactions;
import io.carillon.problem.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * The way of an execution through a worker: claimed, completed, promoted, rescued, given back.
 * {@link ExecutionInserts} has the statements that make one, {@link ExecutionControl} those that
 * interfere. All times are the database's; all changes compare the state they leave, and the epoch
 * where a worker makes them. No row changed is a normal result.
 */
@ApplicationScoped
public class ExecutionStore {
    /**
     * Takes the first in order of each queue that may start something, and of those as many as fit
     * into the free slots; an idle worker also takes one that is larger than the worker. What is
     * locked and not taken is free again at the end of the statement.
     *
     * <p>The rows are found again by an array of their ids: joined to what the limit left, of which
     * the planner cannot know how little that is, they were sought by reading the whole day (94 ms
     * instead of 12 for 500 of 170,000).
     *
     * <p>Nothing is claimed for a worker that has been marked dead; one that is marked meanwhile
     * has its claims rescued like all it runs.
     */
    @Language("SQL")
    private static final String CLAIM =
            """
            with claimable as (
                select name from queue
                where not paused
                  and case when ?::varchar is null then max_concurrent is null and rate_per_second is null
                           else name = ? end
                  and exists (select from worker where id = ? and state = 'RUNNING')),
            first_in_line as (
                select line.* from claimable q cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where queue = q.name and state = 'QUEUED'
                      and (start_deadline_at is null or attempt > 0 or start_deadline_at > statement_timestamp())
                    order by order_key
                    limit ?
                    for no key update skip locked) line),
            in_order as (
                select *, sum(weight) over (order by order_key, id) as slots from first_in_line),
            fitting as (
                select id, scheduled_at from in_order where slots <= ? or ? and slots = weight),
            claimed as (
                update execution e
                set state = 'RUNNING', worker_id = ?, epoch = e.epoch + 1, attempt = e.attempt + 1,
                    started_at = clock_timestamp()
                where e.id = any (array(select id from fitting))
                  and e.scheduled_at >= (select min(scheduled_at) from fitting)
                  and e.scheduled_at <= (select max(scheduled_at) from fitting)
                returning e.id, e.scheduled_at, coalesce(e.planned_at, e.scheduled_at) as planned_at, e.epoch, e.job_id,
                          (select j.version from job j where j.id = e.job_id) as job_version, e.namespace, e.type,
                          e.queue, e.attempt, e.max_attempts, e.delivery, e.timeout_ms, e.weight, e.config, e.retry,
                          (extract(epoch from e.started_at - e.run_at) * 1000)::bigint as start_delay_ms)
            select (select count(*) from first_in_line) as found, claimed.*
            from (values (1)) as one left join claimed on true
            """;

    @Language("SQL")
    private static final String COMPLETE =
            """
            update execution e
            set state = c.state,
                finished_at = case when c.final then clock_timestamp() end,
                run_at = case when c.final then e.run_at
                              else clock_timestamp() + c.delay_ms * interval '1 millisecond' end,
                order_key = case when c.final then e.order_key
                                 else (extract(epoch from clock_timestamp()) * 1000)::bigint + c.delay_ms
                                      - e.priority * ? end,
                attempt = case when c.state = 'QUEUED' then e.attempt - 1 else e.attempt end,
                worker_id = case when c.final then e.worker_id end,
                reason = case c.state when 'SUCCEEDED' then null
                                      when 'FAILED' then null
                                      when 'CANCELLED' then coalesce(e.reason, 'REQUESTED')
                                      else e.reason end,
                result = c.result,
                error = c.error,
                errors = case when c.error is null then e.errors
                              else coalesce(e.errors, '[]') || c.error end
            from unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::varchar[], ?::boolean[], ?::bigint[], ?::jsonb[],
                        ?::jsonb[])
                     as c (id, scheduled_at, epoch, state, final, delay_ms, result, error)
            where e.id = any (?) and e.scheduled_at >= ? and e.scheduled_at <= ?
              and e.id = c.id and e.scheduled_at = c.scheduled_at
              and e.state = 'RUNNING' and e.epoch = c.epoch
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null
            """;

    @Language("SQL")
    private static final String PROMOTE =
            """
            with due as (
                select id, scheduled_at from execution
                where state in ('SCHEDULED', 'RETRYING') and run_at <= statement_timestamp()
                order by run_at
                limit ?
                for no key update skip locked)
            update execution set state = 'QUEUED'
            where id = any (array(select id from due))
              and scheduled_at >= (select min(scheduled_at) from due)
              and scheduled_at <= (select max(scheduled_at) from due)
            """;

    /** When something waiting comes due, or something that has not started has its deadline. */
    @Language("SQL")
    private static final String NEXT_WAITING =
            """
            select (extract(epoch from least(
                       (select min(run_at) from execution where state in ('SCHEDULED', 'RETRYING')),
                       (select min(start_deadline_at) from execution
                        where start_deadline_at is not null and attempt = 0
                          and state in ('BLOCKED', 'SCHEDULED', 'QUEUED')))
                    - clock_timestamp()) * 1000)::bigint
            """;

    @Language("SQL")
    private static final String SKIP_LATE =
            """
            with late as (
                select id, scheduled_at from execution
                where start_deadline_at is not null and attempt = 0 and state in ('BLOCKED', 'SCHEDULED', 'QUEUED')
                  and start_deadline_at <= statement_timestamp()
                order by start_deadline_at
                limit ?
                for no key update skip locked)
            update execution
            set state = 'SKIPPED', reason = 'DEADLINE', finished_at = clock_timestamp(), skipped_count = 1
            where id = any (array(select id from late))
              and scheduled_at >= (select min(scheduled_at) from late)
              and scheduled_at <= (select max(scheduled_at) from late)
            returning id, scheduled_at, job_id, state, followed, cancel_requested_at is not null
            """;

    /**
     * A rescue counts as an attempt. The epoch stays: the next claim raises it past the dead
     * worker's.
     */
    @Language("SQL")
    private static final String RESCUE =
            """
            with lost as (
                select e.id, e.scheduled_at
                from execution e join worker w on w.id = e.worker_id
                where e.state = 'RUNNING' and w.state in ('FAILED', 'STOPPED')
                limit ?
                for no key update of e skip locked)
            update execution e
            set state = case when e.delivery = 'AT_LEAST_ONCE' and e.attempt < e.max_attempts
                             then 'QUEUED' else 'FAILED' end,
                run_at = case when e.delivery = 'AT_LEAST_ONCE' and e.attempt < e.max_attempts
                              then clock_timestamp() else e.run_at end,
                worker_id = case when e.delivery = 'AT_LEAST_ONCE' and e.attempt < e.max_attempts
                                 then null else e.worker_id end,
                finished_at = case when e.delivery = 'AT_LEAST_ONCE' and e.attempt < e.max_attempts
                                   then null else clock_timestamp() end,
                error = failure.error || jsonb_build_object('attempt', e.attempt),
                errors = coalesce(e.errors, '[]') || failure.error || jsonb_build_object('attempt', e.attempt)
            from (select jsonb_build_object('code', 'WORKER_LOST',
                                            'message', 'the worker that ran it stopped renewing its lease',
                                            'at', clock_timestamp()) as error) failure
            where e.id = any (array(select id from lost))
              and e.scheduled_at >= (select min(scheduled_at) from lost)
              and e.scheduled_at <= (select max(scheduled_at) from lost)
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null
            """;

    @Language("SQL")
    private static final String GIVE_BACK_UNKNOWN =
            """
            update execution e
            set state = 'QUEUED', attempt = attempt - 1, worker_id = null
            where worker_id = ? and state = 'RUNNING' and id <> all (?)
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null
            """;

    private final DataSource dataSource;

    private final Json json;
    private final JobDefinitions definitions;
    private final ExecutionControl control;
    private final Notifications notifications;
    private final long headStartMillis;

    /** What a claim took; {@code isMoreWaiting}: something claimable was left for want of room. */
    record Claimed(List<Claim> claims, boolean isMoreWaiting) {}

    ExecutionStore(
            DataSource dataSource,
            Json json,
            JobDefinitions definitions,
            ExecutionControl control,
            Notifications notifications,
            ExecutionConfig config) {
        this.dataSource = dataSource;
        this.json = json;
        this.definitions = definitions;
        this.control = control;
        this.notifications = notifications;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Takes what fits into {@code slots} from the queues without limits.
     *
     * @param isIdle the worker runs nothing: an execution that takes more than its slots may start
     */
    Claimed claim(UUID workerId, int slots, boolean isIdle) {
        try (var connection = dataSource.getConnection()) {
            return claim(connection, workerId, null, slots, slots, isIdle);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Nothing could be claimed", failure);
        }
    }

    /**
     * Takes up to {@code limit} executions of one queue, or of all without limits, in the
     * transaction of {@code connection}.
     */
    Claimed claim(
            Connection connection,
            UUID workerId,
            @Nullable String queue,
            int limit,
            int slots,
            boolean isIdle)
            throws SQLException {
        var claims = new ArrayList<Claim>();
        int found = 0;
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, queue);
            statement.setString(2, queue);
            statement.setObject(3, workerId);
            statement.setInt(4, limit);
            statement.setInt(5, slots);
            statement.setBoolean(6, isIdle);
            statement.setObject(7, workerId);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found = row.getInt("found");
                    if (row.getObject("id") != null) {
                        claims.add(claimOf(row));
                    }
                }
            }
        }
        boolean more = found > claims.size() || found >= limit;
        return new Claimed(definitions.complete(connection, claims), more);
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
                row.getLong("job_version"),
                row.getString("namespace"),
                row.getString("type"),
                row.getString("queue"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                Delivery.valueOf(row.getString("delivery")),
                Duration.ofMillis(row.getLong("timeout_ms")),
                row.getInt("weight"),
                config == null ? null : json.tree(config),
                retry == null ? null : json.stored(retry, RetryPolicy.class),
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
        var finals = new Boolean[size];
        long[] delays = new long[size];
        var results = new String[size];
        var errors = new String[size];
        Instant earliest = Instant.MAX;
        Instant latest = Instant.MIN;
        for (int index = 0; index < size; index++) {
            var completion = completions.get(index);
            var at = completion.claim().scheduledAt();
            earliest = at.isBefore(earliest) ? at : earliest;
            latest = at.isAfter(latest) ? at : latest;
            ids[index] = completion.claim().id();
            scheduledAt[index] = at.toString();
            epochs[index] = completion.claim().epoch();
            states[index] = completion.state().name();
            finals[index] = completion.state().isFinal();
            delays[index] = completion.delay().toMillis();
            results[index] = completion.result() == null ? null : json.text(completion.result());
            errors[index] = completion.error() == null ? null : json.text(completion.error());
        }
        var from = earliest;
        var to = latest;
        return inTransaction(
                "Outcomes could not be stored",
                connection -> {
                    try (var statement = connection.prepareStatement(COMPLETE)) {
                        statement.setLong(1, headStartMillis);
                        statement.setArray(2, connection.createArrayOf("uuid", ids));
                        statement.setArray(3, connection.createArrayOf("timestamptz", scheduledAt));
                        statement.setArray(4, SqlArrays.longs(connection, epochs));
                        statement.setArray(5, connection.createArrayOf("varchar", states));
                        statement.setArray(6, connection.createArrayOf("bool", finals));
                        statement.setArray(7, SqlArrays.longs(connection, delays));
                        statement.setArray(8, connection.createArrayOf("jsonb", results));
                        statement.setArray(9, connection.createArrayOf("jsonb", errors));
                        statement.setArray(10, connection.createArrayOf("uuid", ids));
                        statement.setObject(11, from.atOffset(ZoneOffset.UTC));
                        statement.setObject(12, to.atOffset(ZoneOffset.UTC));
                        var stored = HashSet.<UUID>newHashSet(size);
                        for (var changed : control.change(connection, statement)) {
                            stored.add(changed.id());
                        }
                        return stored;
                    }
                });
    }

    /** Queues what has come due; returns how many. */
    int promote(int limit) {
        return inTransaction(
                "Waiting executions could not be queued",
                connection -> {
                    try (var statement = connection.prepareStatement(PROMOTE)) {
                        statement.setInt(1, limit);
                        int promoted = statement.executeUpdate();
                        if (promoted > 0) {
                            notifications.soon(Topic.WORK, "");
                        }
                        return promoted;
                    }
                });
    }

    /** Skips what has not started by its deadline; returns how many. */
    int skipLate(int limit) {
        return changeUpTo(SKIP_LATE, limit, "Late executions could not be skipped");
    }

    /**
     * How long until the next waiting execution comes due, or one that has not started has its
     * deadline; negative when it has passed, null when there is none.
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
        return changeUpTo(RESCUE, limit, "Executions could not be rescued");
    }

    private int changeUpTo(String sql, int limit, String failureMessage) {
        return inTransaction(
                failureMessage,
                connection -> {
                    try (var statement = connection.prepareStatement(sql)) {
                        statement.setInt(1, limit);
                        return control.change(connection, statement).size();
                    }
                });
    }

    /**
     * Gives back what a worker holds without knowing it: claims whose answer was lost with its
     * connection.
     *
     * @param known all that the worker knows it holds
     */
    int giveBackUnknown(UUID workerId, Set<UUID> known) {
        return inTransaction(
                "Unknown claims could not be given back",
                connection -> {
                    try (var statement = connection.prepareStatement(GIVE_BACK_UNKNOWN)) {
                        statement.setObject(1, workerId);
                        statement.setArray(2, connection.createArrayOf("uuid", known.toArray()));
                        return control.change(connection, statement).size();
                    }
                });
    }

    private <T> T inTransaction(String failureMessage, Transactions.Work<T> work) {
        try {
            return Transactions.of(dataSource, work);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException(failureMessage, failure);
        }
    }
}
