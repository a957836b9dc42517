package io.carillon.firing;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.execution.OverlapDecision;
import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.follow.Overlaps;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionInserts;
import io.carillon.execution.ledger.PlannedExecution;
import io.carillon.firing.DueTriggers.Advanced;
import io.carillon.firing.DueTriggers.Locked;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Fires a batch of due triggers in one transaction: advances them and writes their rows into the
 * ledger. The package-info explains why nothing is lost or doubled.
 */
@ApplicationScoped
class Firing {
    /**
     * About how many rows one transaction writes; triggers locked beyond that are left for the
     * next.
     */
    private static final int MAX_ROWS_PER_TRANSACTION = 10_000;

    private final Database database;
    private final FiringPlans plans;
    private final ExecutionInserts executions;
    private final ExecutionControl control;
    private final Overlaps overlaps;
    private final FiringMetrics metrics;
    private final DueTriggers triggers;
    private final Notifications notifications;
    private volatile @Nullable Instant lastFiredAt;

    /**
     * The result of a round.
     *
     * @param triggers how many triggers were advanced
     * @param rows how many rows were written to the ledger
     * @param more whether triggers may be due that the round did not look at
     * @param left names of due triggers that could not be fired now
     * @param faults why triggers cannot be fired, by their names
     * @param at if {@code more} is false, everything due until this time, by the database's clock,
     *     was looked at
     */
    public record Round(
            int triggers,
            int rows,
            boolean more,
            List<String> left,
            Map<String, String> faults,
            Instant at) {}

    /** The rows that one transaction has written, and those it has left, as in {@link Round}. */
    private record Written(
            List<Advanced> advanced,
            List<PlannedExecution> rows,
            Instant now,
            boolean more,
            List<String> left,
            Map<String, String> faults) {
        Written with(List<String> nameless, boolean isFull) {
            var all = new HashMap<>(faults);
            nameless.forEach(name -> all.put(name, "its name is not a job's id"));
            return new Written(advanced, rows, now, more || isFull, left, all);
        }

        Round round() {
            return new Round(advanced.size(), rows.size(), more, left, faults, now);
        }
    }

    Firing(
            @BackgroundPool Database database,
            FiringPlans plans,
            ExecutionInserts executions,
            ExecutionControl control,
            Overlaps overlaps,
            FiringMetrics metrics,
            DueTriggers triggers,
            Notifications notifications) {
        this.database = database;
        this.plans = plans;
        this.executions = executions;
        this.control = control;
        this.overlaps = overlaps;
        this.metrics = metrics;
        this.triggers = triggers;
        this.notifications = notifications;
    }

    /**
     * Returns when the next active trigger is due, by the database's clock; a time in the past
     * means now.
     *
     * @param passedOver names of triggers that do not count
     */
    DueTriggers.Look look(Collection<String> passedOver) {
        return database.with(connection -> triggers.next(connection, passedOver));
    }

    /** Returns when the next trigger after an instant is due; empty if there is none. */
    Optional<Instant> dueAfter(Instant after, Collection<String> passedOver) {
        return database.with(
                connection ->
                        Optional.ofNullable(triggers.nextAfter(connection, after, passedOver)));
    }

    /**
     * Fires up to {@code limit} due triggers in its own transaction.
     *
     * @param passedOver names of triggers to leave as they are
     * @throws RefusedBatchException if PostgreSQL refused the batch because of a row in it
     */
    Round fire(int limit, Collection<String> passedOver) {
        var written = database.inTransaction(connection -> fireDue(connection, limit, passedOver));
        committed(written);
        return written.round();
    }

    /**
     * Fires one trigger, if it is due, in its own transaction.
     *
     * @return why it could not be fired; null if it was fired, or is no longer due
     * @throws RefusedBatchException if PostgreSQL refused it
     */
    @Nullable String fireAgain(String name) {
        var written =
                database.inTransaction(
                        connection -> fire(connection, triggers.lockDue(connection, name)));
        committed(written);
        return written.faults.get(name);
    }

    /** Returns when this replica last fired something, by the database's clock; null: never. */
    @Nullable Instant lastFiredAt() {
        return lastFiredAt;
    }

    /**
     * Completes one job's ledger up to now in the caller's transaction and leaves its trigger
     * locked. Due instants of an active trigger are fired; those of a paused one are skipped, or
     * executed as {@code catchUp} says.
     *
     * @return the database's time up to which the ledger is complete; empty when the job has no
     *     trigger
     */
    Optional<Instant> settle(Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        // A decision covers a bounded number of instants: repeat until the next one is in the
        // future.
        while (true) {
            var found = triggers.lock(connection, jobId);
            if (found == null) {
                return Optional.empty();
            }
            var trigger = found.trigger();
            if (trigger == null || trigger.due().isAfter(found.now())) {
                return Optional.of(found.now());
            }
            var written = write(connection, List.of(trigger), found.now(), catchUp, true);
            database.afterCommit(() -> committed(written));
            if (!written.more) {
                return Optional.of(found.now());
            }
        }
    }

    /** Counts what {@link #settle} would write for a paused trigger, without writing it. */
    CatchUpPreview preview(Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        var found = triggers.read(connection, jobId);
        if (found == null || found.trigger() == null) {
            return CatchUpPreview.nothing(null);
        }
        var paused = found.trigger();
        var plan = plans.read(connection, List.of(jobId)).get(jobId);
        var schedule = plan == null ? null : plan.schedule();
        var preview = CatchUpPreview.nothing(paused.due());
        if (plan == null || schedule == null || !paused.isPaused()) {
            return preview;
        }
        var due = paused.due();
        while (due != null && !due.isAfter(found.now())) {
            var decision =
                    Decided.decide(
                            schedule, paused.dueAt(due), found.now(), plan.policy(), catchUp);
            preview = preview.and(decision);
            due = decision.next();
        }
        return preview;
    }

    private Written fireDue(Connection connection, int limit, Collection<String> passedOver)
            throws SQLException {
        var due = triggers.lockDue(connection, limit, passedOver);
        return fire(connection, due).with(due.nameless(), due.size() == limit);
    }

    private Written fire(Connection connection, DueTriggers.Batch due) throws SQLException {
        if (due.triggers().isEmpty()) {
            return new Written(List.of(), List.of(), due.now(), false, List.of(), Map.of())
                    .with(due.nameless(), false);
        }
        try {
            return write(connection, due.triggers(), due.now(), null, false)
                    .with(due.nameless(), false);
        } catch (SQLException | RuntimeException | StackOverflowError failure) {
            throw new RefusedBatchException(
                    due.triggers().stream().map(each -> each.jobId().toString()).toList(), failure);
        }
    }

    private void committed(Written written) {
        if (!written.advanced.isEmpty()) {
            metrics.transaction();
            lastFiredAt = written.now;
        }
        boolean work = false;
        for (var row : written.rows) {
            if (row.reason() == null) {
                work = true;
                metrics.fired(
                        Duration.ofMillis(written.now.toEpochMilli() - row.scheduledAtMillis()));
            } else {
                metrics.skipped(row.skippedCount());
            }
        }
        if (work) {
            notifications.soon(Topic.WORK, "");
        }
    }

    /**
     * Decides, writes the ledger and advances the triggers; triggers beyond the row limit stay as
     * they are.
     */
    private Written write(
            Connection connection,
            List<Locked> locked,
            Instant now,
            @Nullable MisfirePolicy ofPaused,
            boolean waitsForLocks)
            throws SQLException {
        Map<UUID, FiringPlans.Plan> read =
                plans.of(connection, locked.stream().map(Locked::job).toList());
        var advanced = new ArrayList<Advanced>(locked.size());
        var decided = new ArrayList<Decided>(locked.size());
        var faults = new HashMap<String, String>();
        var left = new ArrayList<String>();
        int instants = 0;
        boolean more = false;
        for (var trigger : locked) {
            if (instants >= MAX_ROWS_PER_TRANSACTION) {
                more = true;
                break;
            }
            var plan = read.get(trigger.jobId());
            var schedule = plan == null ? null : plan.schedule();
            if (plan == null || schedule == null) {
                faults.put(
                        trigger.jobId().toString(),
                        plan == null
                                ? "it has no job with a schedule"
                                : String.valueOf(plan.fault()));
                continue;
            }
            var each = Decided.of(trigger, plan, schedule, now, ofPaused);
            instants += each.decision().execute().size() + each.decision().skipped().size();
            decided.add(each);
        }
        var standing = standing(connection, decided, waitsForLocks);
        var rows = new ArrayList<PlannedExecution>(instants);
        for (var each : decided) {
            var ofJob = standing.get(each.trigger().jobId());
            if (ofJob == null) {
                // An execution of the job is about to end: the next round will know its state.
                left.add(each.trigger().jobId().toString());
                continue;
            }
            addRows(connection, rows, each, ofJob);
            advanced.add(
                    new Advanced(
                            each.trigger(),
                            each.decision().lastExecuted(),
                            each.decision().next()));
        }
        if (!rows.isEmpty()) {
            executions.insertPlanned(connection, rows);
        }
        triggers.advance(connection, advanced);
        for (var trigger : advanced) {
            more |= trigger.next() != null && !trigger.next().isAfter(now);
        }
        return new Written(advanced, rows, now, more, left, faults);
    }

    /**
     * Counts the unfinished executions of each job whose overlap policy needs that. Firing never
     * waits: jobs whose executions are just changing are absent, and left for the next round.
     *
     * @param waitsForLocks whether to wait for such jobs. A caller that settles one job must wait:
     *     if it asked again in the same transaction instead, it would keep locks that the other
     *     transactions wait for
     */
    private Map<UUID, Standing> standing(
            Connection connection, List<Decided> decided, boolean waitsForLocks)
            throws SQLException {
        var standing = HashMap.<UUID, Standing>newHashMap(decided.size());
        var looking = new ArrayList<UUID>();
        var holding = new ArrayList<UUID>();
        for (var each : decided) {
            var jobId = each.trigger().jobId();
            if (each.overlap().letsWait() && !each.decision().execute().isEmpty()) {
                holding.add(jobId);
                continue;
            }
            standing.put(jobId, Standing.NONE);
            if (each.overlap() == Overlap.SKIP && !each.decision().execute().isEmpty()) {
                looking.add(jobId);
            }
        }
        if (!looking.isEmpty()) {
            standing.putAll(overlaps.standing(connection, looking));
        }
        if (waitsForLocks) {
            for (var jobId : holding) {
                standing.put(jobId, overlaps.holdWaiting(connection, jobId));
            }
        } else if (!holding.isEmpty()) {
            standing.putAll(overlaps.hold(connection, holding));
        }
        return standing;
    }

    private void addRows(
            Connection connection, List<PlannedExecution> rows, Decided decided, Standing standing)
            throws SQLException {
        var plan = decided.plan();
        for (var skipped : decided.decision().skipped()) {
            rows.add(
                    PlannedExecution.skipped(
                            plan.jobId(),
                            plan.namespace(),
                            plan.spec(),
                            skipped.first().toEpochMilli(),
                            skipped.last().toEpochMilli(),
                            skipped.count(),
                            skipped.reason()));
        }
        var execute = decided.decision().execute();
        if (execute.isEmpty()) {
            return;
        }
        var overlap = OverlapDecision.decide(decided.overlap(), standing, execute.size());
        if (overlap.cancelsOthers()) {
            control.cancelAllOf(connection, plan.jobId(), "OVERLAP");
        }
        for (int index = 0; index < execute.size(); index++) {
            rows.add(
                    PlannedExecution.of(
                            plan.jobId(),
                            plan.namespace(),
                            plan.spec(),
                            execute.get(index).toEpochMilli(),
                            decided.overlap(),
                            overlap.starts().get(index)));
        }
    }
}
