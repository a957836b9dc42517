package io.carillon.firing;

import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlArrays;
import io.carillon.execution.ExecutionStore;
import io.carillon.execution.PlannedExecution;
import io.carillon.schedule.Schedule;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * The firing transaction: a batch of due triggers becomes advanced triggers and rows in the ledger.
 * See the package for why it loses and doubles nothing.
 */
@ApplicationScoped
class Firing {
    /**
     * Rows written in one transaction, roughly; what is locked beyond that is left for the next.
     */
    private static final int LARGEST_WRITE = 10_000;

    private static final long NEVER = -1;

    /**
     * Takes what is due and not locked, oldest first. Re-checked by PostgreSQL on the locked
     * version of each row, so a trigger that was advanced meanwhile is not taken.
     */
    @Language("SQL")
    private static final String LOCK_DUE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, epoch_millis(statement_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_state = 'WAITING'
              and next_fire_time <= epoch_millis(statement_timestamp())
            order by next_fire_time
            limit ?
            for update skip locked
            """;

    @Language("SQL")
    private static final String LOCK_ONE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, epoch_millis(clock_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ?
            for update
            """;

    @Language("SQL")
    private static final String READ_ONE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, epoch_millis(clock_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ?
            """;

    @Language("SQL")
    private static final String ADVANCE =
            """
            update qrtz_triggers t
            set prev_fire_time = coalesce(nullif(a.previous, -1), t.prev_fire_time),
                next_fire_time = nullif(a.next, -1),
                trigger_state = case when a.state is not null then a.state
                                     when a.next = -1 then 'COMPLETE'
                                     else t.trigger_state end
            from unnest(?::varchar[], ?::varchar[], ?::bigint[], ?::bigint[], ?::varchar[])
                     as a (name, namespace, previous, next, state)
            where t.sched_name = 'carillon' and t.trigger_name = a.name and t.trigger_group = a.namespace
            """;

    private final DataSource dataSource;
    private final FiringPlans plans;
    private final ExecutionStore executions;
    private final FiringMetrics metrics;
    private final DatabaseClock clock;

    /**
     * What a round did: triggers advanced, rows written to the ledger, and whether more may be due.
     */
    record Round(int triggers, int rows, boolean more) {}

    /** A trigger whose row is locked. */
    private record Locked(UUID jobId, String namespace, Instant due, boolean isPaused) {}

    private record Advanced(
            Locked trigger,
            @Nullable Instant last,
            @Nullable Instant next,
            @Nullable String state) {}

    /** What one transaction has written; {@code more}: something may still be due. */
    private record Written(
            List<Advanced> advanced, List<PlannedExecution> rows, Instant now, boolean more) {
        Written withMore() {
            return new Written(advanced, rows, now, true);
        }

        Round round() {
            return new Round(advanced.size(), rows.size(), more);
        }
    }

    Firing(
            DataSource dataSource,
            FiringPlans plans,
            ExecutionStore executions,
            FiringMetrics metrics,
            DatabaseClock clock) {
        this.dataSource = dataSource;
        this.plans = plans;
        this.executions = executions;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Fires up to {@code limit} due triggers in a transaction of its own. */
    Round fire(int limit) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var written = fireDue(connection, limit);
                connection.commit();
                count(written);
                return written.round();
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /**
     * Brings one job's ledger up to now in the caller's transaction and leaves its trigger locked:
     * an active trigger's due instants are fired, a paused one's are skipped, or caught up with by
     * {@code catchUp}.
     *
     * @return the database's time up to which the ledger is complete; empty when the job has no
     *     trigger
     */
    Optional<Instant> settle(Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        Instant now;
        List<Locked> locked = new ArrayList<>();
        try (var statement = connection.prepareStatement(LOCK_ONE)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                now = Instant.ofEpochMilli(row.getLong(5));
                long due = row.getLong(3);
                if (!row.wasNull() && due <= now.toEpochMilli()) {
                    locked.add(lockedOf(row));
                }
            }
        }
        // A decision takes in a bounded number of instants: repeat until the next one is ahead.
        while (!locked.isEmpty()) {
            var written = write(connection, locked, now, catchUp);
            // The caller's transaction is not committed yet; should it fail, this counts what was
            // not done.
            count(written);
            locked = new ArrayList<>();
            for (var trigger : written.advanced) {
                if (trigger.next != null && !trigger.next.isAfter(now) && trigger.state == null) {
                    locked.add(
                            new Locked(
                                    jobId,
                                    trigger.trigger.namespace,
                                    trigger.next,
                                    trigger.trigger.isPaused));
                }
            }
        }
        return Optional.of(now);
    }

    /** What {@link #settle} would write for a paused trigger, counted instead of written. */
    CatchUpPreview preview(Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        Locked paused;
        Instant now;
        try (var statement = connection.prepareStatement(READ_ONE)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                if (!row.next() || row.getObject(3) == null) {
                    return CatchUpPreview.nothing(null);
                }
                paused = lockedOf(row);
                now = Instant.ofEpochMilli(row.getLong(5));
            }
        }
        var plan = plans.read(connection, List.of(jobId)).get(jobId);
        var schedule = plan == null ? null : plan.schedule();
        var preview = CatchUpPreview.nothing(paused.due);
        if (plan == null || schedule == null || !paused.isPaused) {
            return preview;
        }
        var due = paused.due;
        while (due != null && !due.isAfter(now)) {
            var trigger = new Locked(jobId, paused.namespace, due, true);
            var decision = decide(schedule, trigger, now, plan.policy(), catchUp);
            preview = preview.and(decision);
            due = decision.next();
        }
        return preview;
    }

    private Written fireDue(Connection connection, int limit) throws SQLException {
        var locked = new ArrayList<Locked>();
        Instant now = Instant.EPOCH;
        long sentNanos = System.nanoTime();
        try (var statement = connection.prepareStatement(LOCK_DUE)) {
            statement.setInt(1, limit);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    if (locked.isEmpty()) {
                        clock.observe(row.getLong(5), sentNanos);
                    }
                    now = Instant.ofEpochMilli(row.getLong(5));
                    locked.add(lockedOf(row));
                }
            }
        }
        if (locked.isEmpty()) {
            return new Written(List.of(), List.of(), now, false);
        }
        var written = write(connection, locked, now, null);
        return locked.size() == limit ? written.withMore() : written;
    }

    private void count(Written written) {
        if (!written.advanced.isEmpty()) {
            metrics.transaction();
        }
        for (var row : written.rows) {
            if (row.reason() == null) {
                metrics.fired(
                        Duration.ofMillis(written.now.toEpochMilli() - row.scheduledAtMillis()));
            } else {
                metrics.skipped(row.skippedCount());
            }
        }
    }

    /**
     * Decides, writes the ledger and advances the triggers; those past the largest write stay as
     * they are.
     */
    private Written write(
            Connection connection,
            List<Locked> locked,
            Instant now,
            @Nullable MisfirePolicy ofPaused)
            throws SQLException {
        Map<UUID, FiringPlans.Plan> read =
                plans.read(connection, locked.stream().map(Locked::jobId).toList());
        var rows = new ArrayList<PlannedExecution>();
        var advanced = new ArrayList<Advanced>(locked.size());
        for (var trigger : locked) {
            if (rows.size() >= LARGEST_WRITE) {
                break;
            }
            var plan = read.get(trigger.jobId);
            var schedule = plan == null ? null : plan.schedule();
            if (plan == null || schedule == null) {
                Log.errorf(
                        "trigger set aside jobId=%s: %s",
                        trigger.jobId, plan == null ? "it has no job" : plan.fault());
                advanced.add(new Advanced(trigger, null, trigger.due, "ERROR"));
                continue;
            }
            var decision = decide(schedule, trigger, now, plan.policy(), ofPaused);
            addRows(rows, trigger, decision);
            advanced.add(new Advanced(trigger, decision.lastExecuted(), decision.next(), null));
        }
        if (!rows.isEmpty()) {
            executions.insertPlanned(connection, rows);
        }
        advance(connection, advanced);
        boolean more = advanced.size() < locked.size();
        for (var trigger : advanced) {
            more |= trigger.state == null && trigger.next != null && !trigger.next.isAfter(now);
        }
        return new Written(advanced, rows, now, more);
    }

    private static CatchUp.Decision decide(
            Schedule schedule,
            Locked trigger,
            Instant now,
            CatchUp.Policy policy,
            @Nullable MisfirePolicy ofPaused) {
        if (!trigger.isPaused) {
            return CatchUp.decide(schedule, trigger.due, now, policy);
        }
        if (ofPaused == null || ofPaused == MisfirePolicy.SKIP) {
            return CatchUp.skipAll(schedule, trigger.due, now, SkipReason.PAUSED);
        }
        var chosen = new CatchUp.Policy(ofPaused, policy.window(), policy.limit(), Duration.ZERO);
        return CatchUp.decide(schedule, trigger.due, now, chosen);
    }

    private static void addRows(
            List<PlannedExecution> rows, Locked trigger, CatchUp.Decision decision) {
        for (var instant : decision.execute()) {
            rows.add(PlannedExecution.toExecute(trigger.jobId, instant.toEpochMilli()));
        }
        for (var skipped : decision.skipped()) {
            rows.add(
                    new PlannedExecution(
                            trigger.jobId,
                            skipped.first().toEpochMilli(),
                            skipped.reason().name(),
                            skipped.last().toEpochMilli(),
                            skipped.count()));
        }
    }

    private static void advance(Connection connection, List<Advanced> advanced)
            throws SQLException {
        int size = advanced.size();
        var names = new String[size];
        var namespaces = new String[size];
        long[] previous = new long[size];
        long[] next = new long[size];
        var states = new String[size];
        for (int index = 0; index < size; index++) {
            var trigger = advanced.get(index);
            names[index] = trigger.trigger.jobId.toString();
            namespaces[index] = trigger.trigger.namespace;
            previous[index] = trigger.last == null ? NEVER : trigger.last.toEpochMilli();
            next[index] = trigger.next == null ? NEVER : trigger.next.toEpochMilli();
            states[index] = trigger.state;
        }
        try (var statement = connection.prepareStatement(ADVANCE)) {
            statement.setArray(1, connection.createArrayOf("varchar", names));
            statement.setArray(2, connection.createArrayOf("varchar", namespaces));
            statement.setArray(3, SqlArrays.longs(connection, previous));
            statement.setArray(4, SqlArrays.longs(connection, next));
            statement.setArray(5, connection.createArrayOf("varchar", states));
            statement.executeUpdate();
        }
    }

    private static Locked lockedOf(ResultSet row) throws SQLException {
        return new Locked(
                UUID.fromString(row.getString(1)),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(3)),
                "PAUSED".equals(row.getString(4)));
    }
}
