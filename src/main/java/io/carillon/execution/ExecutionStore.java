package io.carillon.execution;

import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.ForLoops;
import io.carillon.database.Notifications;
import io.carillon.database.SqlArrays;
import io.carillon.database.Topic;
import io.carillon.database.Transactions;
import io.carillon.problem.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * The way of an execution through a worker: completed, promoted, rescued, given back. {@link
 * ExecutionInserts} has the statements that make one, {@link Claims} the one that starts it, {@link
 * ExecutionControl} those that interfere. All times are the database's; all changes compare the
 * state they leave, and the epoch where a worker makes them. No row changed is a normal result.
 */
@ApplicationScoped
public class ExecutionStore {
    /**
     * The state is compared as an expression, so that no partial index offers itself: with the
     * statistics of a moment at which nothing ran, the planner took that of running executions for
     * empty and read all its dead entries (150 to 220 us an outcome instead of 17, while a
     * transaction was open elsewhere).
     */
    @Language("SQL")
    static final String COMPLETE =
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
              and e.state || '' = 'RUNNING' and e.epoch = c.epoch
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null
            """;

    @Language("SQL")
    static final String PROMOTE =
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
    static final String NEXT_WAITING =
            """
            select (extract(epoch from least(
                       (select min(run_at) from execution where state in ('SCHEDULED', 'RETRYING')),
                       (select min(start_deadline_at) from execution
                        where start_deadline_at is not null and attempt = 0
                          and state in ('BLOCKED', 'SCHEDULED', 'QUEUED')))
                    - clock_timestamp()) * 1000)::bigint
            """;

    @Language("SQL")
    static final String SKIP_LATE =
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
     * worker's. From the ended workers to what they run, since a join read all that runs, and ran.
     */
    @Language("SQL")
    static final String RESCUE =
            """
            with lost as (
                select id, scheduled_at from execution
                where state = 'RUNNING'
                  and worker_id = any (array(select id from worker where state in ('FAILED', 'STOPPED')))
                limit ?
                for no key update skip locked)
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
    static final String GIVE_BACK_UNKNOWN =
            """
            update execution e
            set state = 'QUEUED', attempt = attempt - 1, worker_id = null
            where worker_id = ? and state = 'RUNNING' and id <> all (?)
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null
            """;

    private final DataSource dataSource;

    private final Json json;
    private final ExecutionControl control;
    private final Notifications notifications;
    private final long headStartMillis;

    ExecutionStore(
            @ForLoops DataSource dataSource,
            Json json,
            ExecutionControl control,
            Notifications notifications,
            ExecutionConfig config) {
        this.dataSource = dataSource;
        this.json = json;
        this.control = control;
        this.notifications = notifications;
        this.headStartMillis = config.headStart().toMillis();
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
