package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.database.ArrayParameters;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionControl.Changed;
import io.carillon.execution.ledger.RowByRow.Taken;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Moves executions on: completes, promotes, rescues them and gives them back. {@link
 * ExecutionInserts} and {@link SubmissionInserts} make them, {@link Claims} starts them, {@link
 * ExecutionControl} changes them from outside. All times are the database's; all changes compare
 * the state they leave, and the epoch where a worker makes them. No row changed is a normal result.
 */
@ApplicationScoped
public class ExecutionStore {
    /**
     * The state is compared as an expression, so that the planner uses no partial index. With
     * statistics from a moment at which nothing ran, it took the index of running executions for
     * empty and read all its dead entries (150 to 220 us an outcome instead of 17, while a
     * transaction was open elsewhere).
     */
    @Language("SQL")
    public static final String COMPLETE =
            """
            update execution e
            set state = case c.state when 'HELD_BACK' then 'RETRYING' else c.state end,
                finished_at = case when c.final then clock_timestamp() end,
                run_at = case when c.final or c.state = 'AWAITING' then e.run_at
                              else clock_timestamp() + c.delay_ms * interval '1 millisecond' end,
                order_key = case when c.final then e.order_key
                                 else (extract(epoch from clock_timestamp()) * 1000)::bigint + c.delay_ms
                                      - e.priority * ? end,
                attempt = case when c.state in ('QUEUED', 'HELD_BACK') then e.attempt - 1 else e.attempt end,
                worker_id = case when c.final or c.state = 'AWAITING' then e.worker_id end,
                answer_by = case when c.state = 'AWAITING'
                                 then clock_timestamp() + c.delay_ms * interval '1 millisecond' end,
                reason = case c.state when 'SUCCEEDED' then null
                                      when 'FAILED' then null
                                      when 'CANCELLED' then coalesce(e.reason, 'REQUESTED')
                                      else e.reason end,
                result = c.result,
                error = c.error,
                errors = case when c.error is null or c.state = 'HELD_BACK' then e.errors
                              else execution_errors_with(e.errors, c.error) end
            from unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::varchar[], ?::boolean[], ?::bigint[], ?::jsonb[],
                        ?::jsonb[])
                     as c (id, scheduled_at, epoch, state, final, delay_ms, result, error)
            where e.id = any (?) and e.scheduled_at >= ? and e.scheduled_at <= ?
              and e.id = c.id and e.scheduled_at = c.scheduled_at
              and e.state || '' in ('RUNNING', 'AWAITING') and e.epoch = c.epoch
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null, e.attempt,
                      e.namespace, e.type, e.reason, case when e.state <> 'SUCCEEDED' then e.error ->> 'code' end
            """;

    /** Drops earlier errors: one of them may be what PostgreSQL refuses. */
    @Language("SQL")
    private static final String FAIL_REFUSED =
            """
            update execution e
            set state = 'FAILED', finished_at = clock_timestamp(), answer_by = null, reason = null, result = null, error = r.error,
                errors = jsonb_build_array(r.error)
            from (select ?::jsonb) as r (error)
            where e.id = ? and e.scheduled_at = ? and e.state || '' in ('RUNNING', 'AWAITING') and e.epoch = ?
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null, e.attempt,
                      e.namespace, e.type, e.reason, case when e.state <> 'SUCCEEDED' then e.error ->> 'code' end
            """;

    @Language("SQL")
    public static final String PROMOTE =
            """
            with due as (
                select id, scheduled_at from execution
                where state in ('SCHEDULED', 'RETRYING') and run_at <= statement_timestamp()
                order by run_at
                limit ? offset ?
                for no key update skip locked)
            update execution set state = 'QUEUED'
            where id = any (array(select id from due))
              and scheduled_at >= (select min(scheduled_at) from due)
              and scheduled_at <= (select max(scheduled_at) from due)
            """;

    /**
     * Finds when the next waiting execution comes due, or one that has not started reaches its
     * deadline.
     */
    @Language("SQL")
    public static final String NEXT_WAITING =
            """
            select (extract(epoch from least(
                       (select min(run_at) from execution where state in ('SCHEDULED', 'RETRYING')),
                       (select min(start_deadline_at) from execution
                        where start_deadline_at is not null and attempt = 0
                          and state in ('BLOCKED', 'SCHEDULED', 'QUEUED')))
                    - clock_timestamp()) * 1000)::bigint
            """;

    @Language("SQL")
    public static final String SKIP_LATE =
            """
            with late as (
                select id, scheduled_at from execution
                where start_deadline_at is not null and attempt = 0 and state in ('BLOCKED', 'SCHEDULED', 'QUEUED')
                  and start_deadline_at <= statement_timestamp()
                order by start_deadline_at
                limit ? offset ?
                for no key update skip locked)
            update execution
            set state = 'SKIPPED', reason = 'DEADLINE', finished_at = clock_timestamp(), skipped_count = 1
            where id = any (array(select id from late))
              and scheduled_at >= (select min(scheduled_at) from late)
              and scheduled_at <= (select max(scheduled_at) from late)
            returning id, scheduled_at, job_id, state, followed, cancel_requested_at is not null, attempt, namespace, type,
                      reason, null::varchar
            """;

    /**
     * A rescue counts as an attempt. The epoch stays: the next claim raises it past the dead
     * worker's. It goes from the ended workers to their executions, since a join read all running
     * executions and their dead entries.
     *
     * <p>The order of the ids is written as an expression: because of the limit, the planner
     * otherwise used the primary key, which has that order, and read all the days twice a second
     * (210 ms instead of 0.1 for 250,000 executions).
     */
    @Language("SQL")
    public static final String RESCUE =
            """
            with lost as (
                select id, scheduled_at from execution
                where state = 'RUNNING'
                  and worker_id = any (array(select id from worker where state in ('FAILED', 'STOPPED')))
                order by id::text collate "C"
                limit ? offset ?
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
                errors = execution_errors_with(e.errors, failure.error || jsonb_build_object('attempt', e.attempt))
            from (select jsonb_build_object('code', 'WORKER_LOST',
                                            'message', 'the worker that ran it stopped renewing its lease',
                                            'at', clock_timestamp()) as error) failure
            where e.id = any (array(select id from lost))
              and e.scheduled_at >= (select min(scheduled_at) from lost)
              and e.scheduled_at <= (select max(scheduled_at) from lost)
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null, e.attempt,
                      e.namespace, e.type, e.reason, case when e.state <> 'SUCCEEDED' then e.error ->> 'code' end
            """;

    /** In the order of the ids, as {@link #RESCUE}. */
    @Language("SQL")
    public static final String GIVE_BACK_UNKNOWN =
            """
            with unknown as (
                select id, scheduled_at from execution
                where worker_id = ? and state = 'RUNNING' and id <> all (?)
                order by id::text collate "C"
                limit ? offset ?
                for no key update)
            update execution e
            set state = 'QUEUED', attempt = attempt - 1, worker_id = null
            where e.id = any (array(select id from unknown))
              and e.scheduled_at >= (select min(scheduled_at) from unknown)
              and e.scheduled_at <= (select max(scheduled_at) from unknown)
            returning e.id, e.scheduled_at, e.job_id, e.state, e.followed, e.cancel_requested_at is not null, e.attempt,
                      e.namespace, e.type, e.reason, case when e.state <> 'SUCCEEDED' then e.error ->> 'code' end
            """;

    /** Stands for RETRYING where the attempt does not count. */
    private static final String HELD_BACK = "HELD_BACK";

    /** More than a claim takes. */
    private static final int MAX_GIVEN_BACK = 1000;

    private final Database database;
    private final Json json;
    private final ExecutionControl control;
    private final RowByRow rowByRow;
    private final Notifications notifications;
    private final long headStartMillis;

    ExecutionStore(
            @BackgroundPool Database database,
            Json json,
            ExecutionControl control,
            RowByRow rowByRow,
            Notifications notifications,
            ExecutionConfig config) {
        this.database = database;
        this.json = json;
        this.control = control;
        this.rowByRow = rowByRow;
        this.notifications = notifications;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Stores outcomes, each fenced by its claim's epoch.
     *
     * @return the executions whose outcome was stored; for the others the lease was lost
     */
    public Set<UUID> complete(List<Completion> outcomes) {
        // Sorts in the order in which all transactions lock executions, since PostgreSQL changes
        // rows in this order.
        var completions =
                outcomes.stream().sorted(Comparator.comparing(each -> each.claim().id())).toList();
        var times = completions.stream().map(each -> each.claim().scheduledAt()).sorted().toList();
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(COMPLETE)) {
                        statement.setLong(1, headStartMillis);
                        new ArrayParameters<>(statement, 2, completions)
                                .add("uuid", each -> each.claim().id())
                                .add("timestamptz", each -> each.claim().scheduledAt().toString())
                                .longs(each -> each.claim().epoch())
                                .texts(each -> each.isHeldBack() ? HELD_BACK : each.state().name())
                                .add("bool", each -> each.state().isFinal())
                                .longs(each -> each.delay().toMillis())
                                .add("jsonb", each -> text(each.result()))
                                .add("jsonb", each -> text(each.error()))
                                .add("uuid", each -> each.claim().id());
                        statement.setObject(11, times.getFirst().atOffset(ZoneOffset.UTC));
                        statement.setObject(12, times.getLast().atOffset(ZoneOffset.UTC));
                        var stored = HashSet.<UUID>newHashSet(completions.size());
                        for (var changed : control.change(connection, statement)) {
                            stored.add(changed.id());
                        }
                        return stored;
                    }
                });
    }

    private @Nullable String text(@Nullable JsonNode value) {
        return value == null ? null : json.text(value);
    }

    /**
     * Fails an execution whose outcome PostgreSQL refused; fenced like every outcome.
     *
     * @return false when the lease was lost
     */
    public boolean failRefused(Completion refused) {
        var claim = refused.claim();
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(FAIL_REFUSED)) {
                        statement.setString(1, json.text(Objects.requireNonNull(refused.error())));
                        statement.setObject(2, claim.id());
                        statement.setObject(3, claim.scheduledAt().atOffset(ZoneOffset.UTC));
                        statement.setLong(4, claim.epoch());
                        return !control.change(connection, statement).isEmpty();
                    }
                });
    }

    /** Queues executions that have come due. */
    public Taken promote(int limit) {
        return rowByRow.take(
                "due executions",
                limit,
                (most, offset) ->
                        database.inTransaction(connection -> promote(connection, most, offset)));
    }

    private int promote(Connection connection, int limit, int offset) throws SQLException {
        try (var statement = connection.prepareStatement(PROMOTE)) {
            statement.setInt(1, limit);
            statement.setInt(2, offset);
            int promoted = statement.executeUpdate();
            if (promoted > 0) {
                notifications.soon(Topic.WORK, "");
            }
            return promoted;
        }
    }

    /** Skips executions that have not started by their deadline. */
    public Taken skipLate(int limit) {
        return rowByRow.take(
                "late executions", limit, (most, offset) -> change(SKIP_LATE, most, offset).size());
    }

    /**
     * Returns the time until the next waiting execution comes due, or one that has not started
     * reaches its deadline; negative if it has passed, null if there is none.
     */
    public @Nullable Duration untilNextWaiting() {
        return database.with(
                        NEXT_WAITING,
                        statement -> {
                            try (var row = statement.executeQuery()) {
                                row.next();
                                long millis = row.getLong(1);
                                return row.wasNull()
                                        ? Optional.<Duration>empty()
                                        : Optional.of(Duration.ofMillis(millis));
                            }
                        })
                .orElse(null);
    }

    /** The result of a rescue, with the executions that it failed, so that they can be reported. */
    public record Rescued(int rows, int refused, List<Changed> failed) {}

    /** Takes back the executions of dead workers. */
    public Rescued rescue(int limit) {
        var failed = new ArrayList<Changed>();
        var taken =
                rowByRow.take(
                        "executions of dead workers",
                        limit,
                        (most, offset) -> {
                            var rescued = change(RESCUE, most, offset);
                            rescued.stream()
                                    .filter(each -> each.state() == ExecutionState.FAILED)
                                    .forEach(failed::add);
                            return rescued.size();
                        });
        return new Rescued(taken.rows(), taken.refused(), failed);
    }

    private List<Changed> change(String sql, int limit, int offset) {
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(sql)) {
                        statement.setInt(1, limit);
                        statement.setInt(2, offset);
                        return control.change(connection, statement);
                    }
                });
    }

    /**
     * Gives back executions that a worker holds without knowing it, because the answer to its claim
     * was lost with the connection.
     *
     * @param known all that the worker knows it holds
     */
    public Taken giveBackUnknown(UUID workerId, Set<UUID> known) {
        return rowByRow.take(
                "unknown claims",
                MAX_GIVEN_BACK,
                (most, offset) ->
                        database.inTransaction(
                                connection ->
                                        giveBackUnknown(
                                                connection, workerId, known, most, offset)));
    }

    private int giveBackUnknown(
            Connection connection, UUID workerId, Set<UUID> known, int limit, int offset)
            throws SQLException {
        try (var statement = connection.prepareStatement(GIVE_BACK_UNKNOWN)) {
            statement.setObject(1, workerId);
            statement.setArray(2, connection.createArrayOf("uuid", known.toArray()));
            statement.setInt(3, limit);
            statement.setInt(4, offset);
            return control.change(connection, statement).size();
        }
    }
}
