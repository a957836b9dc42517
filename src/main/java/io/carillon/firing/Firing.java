package io.carillon.firing;

import io.carillon.database.AfterCommit;
import io.carillon.database.ForLoops;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.database.Transactions;
import io.carillon.execution.ExecutionControl;
import io.carillon.execution.ExecutionInserts;
import io.carillon.execution.Overlap;
import io.carillon.execution.OverlapDecision;
import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.Overlaps;
import io.carillon.execution.PlannedExecution;
import io.carillon.firing.DueTriggers.Advanced;
import io.carillon.firing.DueTriggers.Locked;
import io.carillon.schedule.Schedule;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
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

    private final DataSource dataSource;
    private final FiringPlans plans;
    private final ExecutionInserts executions;
    private final ExecutionControl control;
    private final Overlaps overlaps;
    private final FiringMetrics metrics;
    private final DueTriggers triggers;
    private final AfterCommit afterCommit;
    private final Notifications notifications;

    /**
     * What a round did: triggers advanced, rows written to the ledger, and whether more may be due.
     */
    record Round(int triggers, int rows, boolean more) {}

    /**
     * What becomes of a trigger's due instants, before its job's other executions are looked at.
     */
    private record Decided(
            Locked trigger, FiringPlans.Plan plan, Overlap overlap, CatchUp.Decision decision) {}

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
            @ForLoops DataSource dataSource,
            FiringPlans plans,
            ExecutionInserts executions,
            ExecutionControl control,
            Overlaps overlaps,
            FiringMetrics metrics,
            DueTriggers triggers,
            AfterCommit afterCommit,
            Notifications notifications) {
        this.dataSource = dataSource;
        this.plans = plans;
        this.executions = executions;
        this.control = control;
        this.overlaps = overlaps;
        this.metrics = metrics;
        this.triggers = triggers;
        this.afterCommit = afterCommit;
        this.notifications = notifications;
    }

    /**
     * When the next active trigger is due, by the database's clock; null when there is none. In the
     * past: it is due now.
     */
    @Nullable Instant nextDue() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return triggers.next(connection);
        }
    }

    /** Fires up to {@code limit} due triggers in a transaction of its own. */
    Round fire(int limit) throws SQLException {
        var written = Transactions.of(dataSource, connection -> fireDue(connection, limit));
        committed(written);
        return written.round();
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
        // A decision takes in a bounded number of instants: repeat until the next one is ahead.
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
            afterCommit.run(() -> committed(written));
            if (!written.more) {
                return Optional.of(found.now());
            }
        }
    }

    /** What {@link #settle} would write for a paused trigger, counted instead of written. */
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
            var decision = decide(schedule, paused.dueAt(due), found.now(), plan.policy(), catchUp);
            preview = preview.and(decision);
            due = decision.next();
        }
        return preview;
    }

    private Written fireDue(Connection connection, int limit) throws SQLException {
        var due = triggers.lockDue(connection, limit);
        if (due.triggers().isEmpty()) {
            return new Written(List.of(), List.of(), due.now(), false);
        }
        var written = write(connection, due.triggers(), due.now(), null, false);
        return due.triggers().size() == limit ? written.withMore() : written;
    }

    private void committed(Written written) {
        if (!written.advanced.isEmpty()) {
            metrics.transaction();
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
     * Decides, writes the ledger and advances the triggers; those past the largest write stay as
     * they are.
     */
    private Written write(
            Connection connection,
            List<Locked> locked,
            Instant now,
            @Nullable MisfirePolicy ofPaused,
            boolean isPatient)
            throws SQLException {
        Map<UUID, FiringPlans.Plan> read =
                plans.of(connection, locked.stream().map(Locked::job).toList());
        var advanced = new ArrayList<Advanced>(locked.size());
        var decided = new ArrayList<Decided>(locked.size());
        int instants = 0;
        for (var trigger : locked) {
            if (instants >= LARGEST_WRITE) {
                break;
            }
            var plan = read.get(trigger.jobId());
            var schedule = plan == null ? null : plan.schedule();
            if (plan == null || schedule == null) {
                Log.errorf(
                        "trigger set aside jobId=%s: %s",
                        trigger.jobId(), plan == null ? "it has no job" : plan.fault());
                advanced.add(new Advanced(trigger, null, trigger.due(), "ERROR"));
                continue;
            }
            var decision = decide(schedule, trigger, now, plan.policy(), ofPaused);
            instants += decision.execute().size() + decision.skipped().size();
            decided.add(
                    new Decided(trigger, plan, overlapOf(plan, trigger, now, ofPaused), decision));
        }
        var standing = standing(connection, decided, isPatient);
        var rows = new ArrayList<PlannedExecution>(instants);
        for (var each : decided) {
            var ofJob = standing.get(each.trigger.jobId());
            if (ofJob == null) {
                // Something of the job is about to end: in the next round one knows how it stands.
                continue;
            }
            addRows(connection, rows, each, ofJob);
            advanced.add(
                    new Advanced(
                            each.trigger,
                            each.decision.lastExecuted(),
                            each.decision.next(),
                            null));
        }
        if (!rows.isEmpty()) {
            executions.insertPlanned(connection, rows);
        }
        triggers.advance(connection, advanced);
        boolean more = advanced.size() < locked.size();
        for (var trigger : advanced) {
            more |=
                    trigger.state() == null
                            && trigger.next() != null
                            && !trigger.next().isAfter(now);
        }
        return new Written(advanced, rows, now, more);
    }

    /**
     * What of each job has not ended, where its overlap policy asks for that. Firing waits for
     * nobody: jobs whose executions are just changing are absent, and left for its next round.
     *
     * @param isPatient whether to wait for those: who settles one job asks again in the same
     *     transaction, and would keep what the others wait for
     */
    private Map<UUID, Standing> standing(
            Connection connection, List<Decided> decided, boolean isPatient) throws SQLException {
        var standing = HashMap.<UUID, Standing>newHashMap(decided.size());
        var looking = new ArrayList<UUID>();
        var holding = new ArrayList<UUID>();
        for (var each : decided) {
            var jobId = each.trigger.jobId();
            if (each.overlap.letsWait() && !each.decision.execute().isEmpty()) {
                holding.add(jobId);
                continue;
            }
            standing.put(jobId, Standing.NONE);
            if (each.overlap == Overlap.SKIP && !each.decision.execute().isEmpty()) {
                looking.add(jobId);
            }
        }
        if (!looking.isEmpty()) {
            standing.putAll(overlaps.standing(connection, looking));
        }
        if (isPatient) {
            for (var jobId : holding) {
                standing.put(jobId, overlaps.holdPatiently(connection, jobId));
            }
        } else if (!holding.isEmpty()) {
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
                trigger.isPaused()
                        ? ofPaused == MisfirePolicy.FIRE_ALL
                        : plan.policy().misfire() == MisfirePolicy.FIRE_ALL
                                && trigger.due().isBefore(now.minus(plan.policy().threshold()));
        return isCatchUp ? plan.overlap().inTurn() : plan.overlap();
    }

    private static CatchUp.Decision decide(
            Schedule schedule,
            Locked trigger,
            Instant now,
            CatchUp.Policy policy,
            @Nullable MisfirePolicy ofPaused) {
        if (!trigger.isPaused()) {
            return CatchUp.decide(schedule, trigger.due(), now, policy);
        }
        if (ofPaused == null || ofPaused == MisfirePolicy.SKIP) {
            return CatchUp.skipAll(schedule, trigger.due(), now, SkipReason.PAUSED);
        }
        var chosen = new CatchUp.Policy(ofPaused, policy.window(), policy.limit(), Duration.ZERO);
        return CatchUp.decide(schedule, trigger.due(), now, chosen);
    }

    private void addRows(
            Connection connection, List<PlannedExecution> rows, Decided decided, Standing standing)
            throws SQLException {
        var plan = decided.plan;
        for (var skipped : decided.decision.skipped()) {
            rows.add(
                    PlannedExecution.skipped(
                            plan.jobId(),
                            plan.namespace(),
                            plan.spec(),
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
            control.cancelAllOf(connection, plan.jobId(), "OVERLAP");
        }
        for (int index = 0; index < execute.size(); index++) {
            rows.add(
                    PlannedExecution.of(
                            plan.jobId(),
                            plan.namespace(),
                            plan.spec(),
                            execute.get(index).toEpochMilli(),
                            decided.overlap,
                            overlap.starts().get(index)));
        }
    }
}
