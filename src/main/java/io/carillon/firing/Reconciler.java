package io.carillon.firing;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.SqlFailures;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Finds and repairs inconsistencies that cannot arise while only Carillon writes: from manual
 * changes of the tables, a restored backup, or a stock Quartz on the same schema. One read finds
 * suspects; each is locked (job, then trigger), checked again and repaired in its own transaction,
 * with an entry in the audit log.
 */
@ApplicationScoped
class Reconciler implements Duty {
    private static final String NAME = "trigger-repair";
    private static final int MAX_PAGE = 1000;

    /** Lists the kinds of faults; used as the {@code kind} of the metric. */
    enum Kind {
        /** A job with a schedule had no trigger: its ledger goes on after its last instant. */
        MISSING_TRIGGER,
        /** A trigger had no job with a schedule: it is removed. */
        ORPHANED_TRIGGER,
        /**
         * A trigger was in a state that Carillon does not use, such as ACQUIRED, BLOCKED or ERROR.
         */
        ODD_STATE,
        /**
         * A trigger was paused and its job was not, or the other way round; the job's state counts.
         */
        PAUSE_MISMATCH,
        /** A trigger that could fire had no next fire time. */
        NO_NEXT_FIRE_TIME,
        /** A trigger named another version than its job has. */
        VERSION_MISMATCH
    }

    @Language("SQL")
    private static final String SUSPECTS =
            """
            select coalesce(j.id::text, t.trigger_name)
            from (select id, enabled, version from job where deleted_at is null and schedule is not null) j
            full join (select trigger_name, trigger_state, next_fire_time, priority from qrtz_triggers
                       where sched_name = 'carillon') t
                on t.trigger_name = j.id::text
            where coalesce(j.id::text, t.trigger_name) > ?
              and (j.id is null or t.trigger_name is null
                   or t.trigger_state not in ('WAITING', 'PAUSED', 'COMPLETE')
                   or (t.trigger_state <> 'COMPLETE' and t.next_fire_time is null)
                   or t.trigger_state = case when j.enabled then 'PAUSED' else 'WAITING' end
                   or t.priority is distinct from j.version)
            order by 1
            limit ?
            """;

    @Language("SQL")
    private static final String LOCK_JOB =
            """
            select namespace, enabled, version from job
            where id = ? and deleted_at is null and schedule is not null
            for no key update
            """;

    @Language("SQL")
    private static final String LOCK_TRIGGER =
            """
            select trigger_state, next_fire_time, priority as job_version from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ?
            for update
            """;

    @Language("SQL")
    private static final String SET_STATE =
            "update qrtz_triggers set trigger_state = ? where sched_name = 'carillon' and trigger_name = ?";

    @Language("SQL")
    private static final String REMOVE =
            "delete from qrtz_triggers where sched_name = 'carillon' and trigger_name = ?";

    private final Database database;
    private final FiringPlans plans;
    private final Triggers triggers;
    private final AuditLog audit;
    private final FiringMetrics metrics;
    private final FiringConfig config;
    private final Housekeeping housekeeping;

    private record JobRow(String namespace, boolean enabled, long version) {}

    private record TriggerRow(String state, boolean hasNext, long jobVersion) {}

    Reconciler(
            Database database,
            FiringPlans plans,
            Triggers triggers,
            AuditLog audit,
            FiringMetrics metrics,
            FiringConfig config,
            Housekeeping housekeeping) {
        this.config = config;
        this.housekeeping = housekeeping;
        this.database = database;
        this.plans = plans;
        this.triggers = triggers;
        this.audit = audit;
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return config.reconcileEvery();
    }

    @Scheduled(identity = NAME, every = "${carillon.firing.reconcile-every}")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    @Override
    public void run() {
        var unused = runOnce();
    }

    /** Repairs what it finds; returns how many faults of each kind. */
    Map<Kind, Integer> runOnce() {
        var repaired = new EnumMap<Kind, Integer>(Kind.class);
        var page = suspects("");
        while (!page.isEmpty()) {
            for (String name : page) {
                repairAlone(name).ifPresent(kind -> repaired.merge(kind, 1, Integer::sum));
            }
            page = page.size() < MAX_PAGE ? List.of() : suspects(page.getLast());
        }
        return repaired;
    }

    /**
     * A fault that cannot be repaired does not stop the other repairs; an unreachable database
     * does.
     */
    private Optional<Kind> repairAlone(String name) {
        try {
            var repaired =
                    database.inTransaction(
                            connection -> Optional.ofNullable(repair(connection, name)));
            repaired.ifPresent(
                    kind -> {
                        metrics.repaired(kind.name(), 1);
                        Log.errorf("trigger repaired kind=%s jobId=%s", kind, name);
                    });
            return repaired;
        } catch (RuntimeException failure) {
            if (!SqlFailures.isOfRow(failure)) {
                throw failure;
            }
            Log.warnf("trigger not repaired jobId=%s: %s", name, failure.getMessage());
            return Optional.empty();
        }
    }

    private List<String> suspects(String after) {
        return database.with(
                connection -> {
                    var suspects = new ArrayList<String>();
                    try (var statement = connection.prepareStatement(SUSPECTS)) {
                        statement.setString(1, after);
                        statement.setInt(2, MAX_PAGE);
                        try (var row = statement.executeQuery()) {
                            while (row.next()) {
                                suspects.add(row.getString(1));
                            }
                        }
                    }
                    return suspects;
                });
    }

    /** Checks again under locks; null if nothing is wrong any more. */
    private @Nullable Kind repair(Connection connection, String name) throws SQLException {
        var jobId = uuidOf(name);
        var job = jobId == null ? null : lockJob(connection, jobId);
        var trigger = lockTrigger(connection, name);
        Kind kind = kindOf(job, trigger);
        if (kind == null) {
            return null;
        }
        if (job == null || jobId == null) {
            execute(connection, REMOVE, name);
        } else {
            switch (kind) {
                case MISSING_TRIGGER, NO_NEXT_FIRE_TIME ->
                        continueLedger(connection, jobId, job, trigger);
                case ODD_STATE, PAUSE_MISMATCH ->
                        execute(connection, SET_STATE, job.enabled ? "WAITING" : "PAUSED", name);
                case VERSION_MISMATCH -> triggers.setVersion(connection, jobId, job.version);
                case ORPHANED_TRIGGER -> throw new IllegalStateException("it has a job");
            }
        }
        audit.add(
                connection,
                "TRIGGER_REPAIRED",
                null,
                jobId,
                Map.of(
                        "kind",
                        kind,
                        "trigger",
                        name,
                        "state",
                        trigger == null ? "none" : trigger.state));
        return kind;
    }

    private static @Nullable Kind kindOf(@Nullable JobRow job, @Nullable TriggerRow trigger) {
        if (trigger == null) {
            return job == null ? null : Kind.MISSING_TRIGGER;
        }
        if (job == null) {
            return Kind.ORPHANED_TRIGGER;
        }
        var sound = trigger.jobVersion == job.version ? null : Kind.VERSION_MISMATCH;
        return switch (trigger.state) {
            case "COMPLETE" -> sound;
            case "WAITING", "PAUSED" ->
                    !trigger.hasNext
                            ? Kind.NO_NEXT_FIRE_TIME
                            : trigger.state.equals(job.enabled ? "PAUSED" : "WAITING")
                                    ? Kind.PAUSE_MISMATCH
                                    : sound;
            default -> trigger.hasNext ? Kind.ODD_STATE : Kind.NO_NEXT_FIRE_TIME;
        };
    }

    /** Makes the instants missed meanwhile due; the job's misfire policy decides about them. */
    private void continueLedger(
            Connection connection, UUID jobId, JobRow job, @Nullable TriggerRow trigger)
            throws SQLException {
        var plan = plans.read(connection, List.of(jobId)).get(jobId);
        var schedule = plan == null ? null : plan.schedule();
        if (schedule == null) {
            throw new IllegalStateException(
                    plan == null ? "it has no schedule" : String.valueOf(plan.fault()));
        }
        var next = schedule.next(LedgerEnd.of(connection, jobId));
        if (trigger != null) {
            triggers.move(connection, jobId, next, !job.enabled);
        } else {
            triggers.add(
                    connection,
                    List.of(new NewTrigger(jobId, job.namespace, job.version, next, !job.enabled)));
        }
    }

    private static @Nullable JobRow lockJob(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_JOB)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? new JobRow(row.getString(1), row.getBoolean(2), row.getLong(3))
                        : null;
            }
        }
    }

    private static @Nullable TriggerRow lockTrigger(Connection connection, String name)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_TRIGGER)) {
            statement.setString(1, name);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? new TriggerRow(row.getString(1), row.getObject(2) != null, row.getLong(3))
                        : null;
            }
        }
    }

    private static void execute(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setString(index + 1, parameters[index]);
            }
            statement.executeUpdate();
        }
    }

    private static @Nullable UUID uuidOf(String name) {
        try {
            return UUID.fromString(name);
        } catch (IllegalArgumentException notACarillonName) {
            return null;
        }
    }
}
