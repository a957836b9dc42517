package io.carillon.firing;

import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlArrays;
import io.carillon.execution.ExecutionInserts;
import io.carillon.execution.ExecutionStore;
import io.carillon.execution.Overlap;
import io.carillon.execution.OverlapDecision;
import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.Overlaps;
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
import java.util.HashMap;
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
    private final ExecutionInserts executions;
    private final ExecutionStore store;
    private final Overlaps overlaps;
    private final FiringMetrics metrics;
    private final DatabaseClock clock;

    /**
     * What a round did: triggers advanced, rows written to the ledger, and whether more may be due.
     */
    record Round(int triggers, int rows, boolean more) {}

    /** A trigger whose row is locked. */
    private record Locked(UUID jobId, String namespace, Instant due, boolean isPaused) {}

    /**
     * What becomes of a trigger's due instants, before its job's other executions are looked at.
     */
    private record Decided(Locked trigger, Overlap overlap, CatchUp.Decision decision) {}

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
            ExecutionInserts executions,
            ExecutionStore store,
            Overlaps overlaps,
            FiringMetrics metrics,
            DatabaseClock clock) {
        this.dataSource = dataSource;
        this.plans = plans;
        this.executions = executions;
        this.store = store;
        this.overlaps = overlaps;
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
            if (written.advanced.isEmpty()) {
                continue;
            }
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
        var advanced = new ArrayList<Advanced>(locked.size());
        var decided = new ArrayList<Decided>(locked.size());
        int instants = 0;
        for (var trigger : locked) {
            if (instants >= LARGEST_WRITE) {
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
            instants += decision.execute().size() + decision.skipped().size();
            var overlap = overlapOf(plan, trigger, now, ofPaused);
            decided.add(new Decided(trigger, overlap, decision));
        }
        var standing = standing(connection, decided);
        var rows = new ArrayList<PlannedExecution>(instants);
        for (var each : decided) {
            var ofJob = standing.get(each.trigger.jobId);
            if (ofJob == null) {
                // Something of the job is about to end: in the next round one knows how it stands.
                continue;
            }
            var decision = each.decision;
            addRows(connection, rows, each, ofJob);
            advanced.add(
                    new Advanced(each.trigger, decision.lastExecuted(), decision.next(), null));
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

    /**
     * What of each job has not ended, where its overlap policy asks for that; jobs whose executions
     * are just changing are absent, because firing waits for nobody.
     */
    private Map<UUID, Standing> standing(Connection connection, List<Decided> decided)
            throws SQLException {
        var standing = HashMap.<UUID, Standing>newHashMap(decided.size());
        var looking = new ArrayList<UUID>();
        var holding = new ArrayList<UUID>();
        for (var each : decided) {
            var jobId = each.trigger.jobId;
            if (each.overlap == Overlap.ALLOW || each.decision.execute().isEmpty()) {
                standing.put(jobId, Standing.NONE);
            } else if (each.overlap.letsWait()) {
                holding.add(jobId);
            } else {
                looking.add(jobId);
                standing.put(jobId, Standing.NONE);
            }
        }
        if (!looking.isEmpty()) {
            standing.putAll(overlaps.standing(connection, looking));
        }
        if (!holding.isEmpty()) {
            standing.putAll(overlaps.hold(connection, holding));
        }
        return standing;
    }

    /**
     * Who asks for all missed instants does not want all but one of them skipped: they wait for
     * their turn.
     */
    private static Overlap overlapOf(
            FiringPlans.Plan plan, Locked trigger, Instant now, @Nullable MisfirePolicy ofPaused) {
        boolean isCatchUp =
                trigger.isPaused
                        ? ofPaused == MisfirePolicy.FIRE_ALL
                        : plan.policy().misfire() == MisfirePolicy.FIRE_ALL
                                && trigger.due.isBefore(now.minus(plan.policy().threshold()));
        return isCatchUp ? plan.overlap().inTurn() : plan.overlap();
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

    private void addRows(
            Connection connection, List<PlannedExecution> rows, Decided decided, Standing standing)
            throws SQLException {
        var jobId = decided.trigger.jobId;
        for (var skipped : decided.decision.skipped()) {
            rows.add(
                    PlannedExecution.skipped(
                            jobId,
                            skipped.first().toEpochMilli(),
                            skipped.last().toEpochMilli(),
                            skipped.count(),
                            skipped.reason().name()));
        }
        var execute = decided.decision.execute();
        if (execute.isEmpty()) {
            return;
        }
        var overlap = OverlapDecision.decide(decided.overlap, standing, execute.size());
        if (overlap.cancelsOthers()) {
            store.cancelAllOf(connection, jobId, "OVERLAP");
        }
        for (int index = 0; index < execute.size(); index++) {
            rows.add(
                    PlannedExecution.of(
                            jobId,
                            execute.get(index).toEpochMilli(),
                            decided.overlap,
                            overlap.starts().get(index)));
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
