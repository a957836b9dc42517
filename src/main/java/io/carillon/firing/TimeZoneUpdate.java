package io.carillon.firing;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.SqlFailures;
import io.carillon.database.TimeZoneData;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.schedule.Schedule;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Updates triggers to this replica's time zone rules if another version of the rules planned their
 * next instants: after an update of the JDK, and while replicas with both versions run.
 *
 * <p>Every replica renews, once per period, that its version is in use. One of them compares
 * triggers if another version has been in use since the last comparison, or may have been in the
 * period after it. So a rolling update ends with a comparison after the last replica of the old
 * version has gone. While two versions are in use, only replicas with the newer one compare;
 * otherwise they would move triggers back and forth.
 *
 * <p>If the rules give a trigger another next instant, it continues after the last instant in its
 * ledger: an instant that has already passed by the new rules is due at once, and a misfire if
 * late.
 */
@ApplicationScoped
class TimeZoneUpdate implements Duty {
    private static final String NAME = "time-zone-update";
    private static final int MAX_BATCH = 1000;

    /** Versions are names such as 2026b, whose alphabetical order is their order in time. */
    @Language("SQL")
    private static final String NEEDED =
            """
            select mine.reconciled_at is null or exists (
                       select from tzdata other
                       where other.id <> mine.id
                         and other.last_used_at + ? * interval '1 millisecond' > mine.reconciled_at),
                   exists (
                       select from tzdata other
                       where other.version collate "C" > mine.version collate "C"
                         and other.last_used_at + 2 * ? * interval '1 millisecond' > clock_timestamp()),
                   clock_timestamp()
            from tzdata mine where mine.id = ?
            """;

    /**
     * Intervals, single instants and schedules in UTC depend on no rules that could change, except
     * through the calendars that they name.
     */
    @Language("SQL")
    private static final String ZONED =
            """
            select j.id, t.next_fire_time, clock_timestamp()
            from (select id from job
                  where id > ? and deleted_at is null
                    and (jsonb_exists(schedule, 'cron') and jsonb_exists(schedule, 'timeZone')
                         or jsonb_exists(schedule, 'exclude'))
                  order by id
                  limit ?) j
            left join qrtz_triggers t
                on t.sched_name = 'carillon' and t.trigger_name = j.id::text
            order by j.id
            """;

    @Language("SQL")
    private static final String LOCK_JOB =
            """
            select enabled from job where id = ? and deleted_at is null
            for no key update
            """;

    @Language("SQL")
    private static final String LOCK_TRIGGER =
            """
            select t.next_fire_time, clock_timestamp() from qrtz_triggers t
            where t.sched_name = 'carillon' and t.trigger_name = ? and t.trigger_state in ('WAITING', 'PAUSED')
              and t.next_fire_time > epoch_millis(clock_timestamp())
            for update
            """;

    @Language("SQL")
    private static final String DONE = "update tzdata set reconciled_at = ? where id = ?";

    private final Database database;
    private final TimeZoneData timeZoneData;
    private final FiringPlans plans;
    private final Triggers triggers;
    private final AuditLog audit;
    private final FiringMetrics metrics;
    private final FiringConfig config;
    private final Housekeeping housekeeping;
    private final Loops loops;

    /** Renews that this replica's version is in use. */
    private final Loop renewal;

    private boolean hasCompared;

    /** A trigger's job and the next fire time that another version may have planned. */
    private record Suspect(UUID jobId, @Nullable Instant next, Instant now) {}

    TimeZoneUpdate(
            Database database,
            TimeZoneData timeZoneData,
            FiringPlans plans,
            Triggers triggers,
            AuditLog audit,
            FiringMetrics metrics,
            FiringConfig config,
            Housekeeping housekeeping,
            Loops loops) {
        this.housekeeping = housekeeping;
        this.loops = loops;
        this.renewal = loops.background("time-zone-renewal", this::renew);
        this.database = database;
        this.timeZoneData = timeZoneData;
        this.plans = plans;
        this.triggers = triggers;
        this.audit = audit;
        this.metrics = metrics;
        this.config = config;
    }

    void start(@Observes @Priority(StartOrder.FIRING) StartupEvent event) {
        if (config.enabled()) {
            loops.start(renewal);
        }
    }

    void stop(@Observes @Priority(StartOrder.FIRING) ShutdownEvent event) {
        renewal.stop();
    }

    /**
     * At the start of a replica, when its version may be new, compares at once instead of waiting.
     */
    private Duration renew() {
        if (hasCompared) {
            var unused = timeZoneData.register();
        } else {
            var unused = runOnce();
            hasCompared = true;
        }
        return config.reconcileEvery();
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

    /** Compares triggers and moves them if necessary; returns how many moved. */
    int runOnce() {
        short id = timeZoneData.register();
        return database.with(
                connection -> {
                    var startedAt = startIfNeeded(connection, id);
                    if (startedAt == null) {
                        return 0;
                    }
                    int moved = 0;
                    int failed = 0;
                    int compared = 0;
                    var after = new UUID(0, 0);
                    for (var batch = batch(connection, after);
                            !batch.isEmpty();
                            batch = batch(connection, after)) {
                        for (var jobId : different(connection, batch)) {
                            try {
                                moved += moveInTransaction(jobId) ? 1 : 0;
                            } catch (RuntimeException failure) {
                                if (!SqlFailures.isOfRow(failure)) {
                                    throw failure;
                                }
                                failed++;
                                Log.errorf(
                                        "trigger not moved by time zone rules, trying again jobId=%s: %s",
                                        jobId, failure.getMessage());
                            }
                        }
                        compared += batch.size();
                        after = batch.getLast().jobId;
                    }
                    if (failed == 0) {
                        done(connection, id, startedAt);
                    }
                    tell(connection, moved);
                    Log.infof(
                            "time zone rules tzdata=%s triggersCompared=%d triggersMoved=%d",
                            TimeZoneData.version(), compared, moved);
                    return moved;
                });
    }

    /** Returns null if there is nothing to do, or if a replica with newer rules must do it. */
    private @Nullable OffsetDateTime startIfNeeded(Connection connection, short id)
            throws SQLException {
        try (var statement = connection.prepareStatement(NEEDED)) {
            long periodMillis = config.reconcileEvery().toMillis();
            statement.setLong(1, periodMillis);
            statement.setLong(2, periodMillis);
            statement.setShort(3, id);
            try (var row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1) && !row.getBoolean(2)
                        ? row.getObject(3, OffsetDateTime.class)
                        : null;
            }
        }
    }

    private static List<Suspect> batch(Connection connection, UUID after) throws SQLException {
        var batch = new ArrayList<Suspect>();
        try (var statement = connection.prepareStatement(ZONED)) {
            statement.setObject(1, after);
            statement.setInt(2, MAX_BATCH);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    long next = row.getLong(2);
                    batch.add(
                            new Suspect(
                                    row.getObject(1, UUID.class),
                                    row.wasNull() ? null : Instant.ofEpochMilli(next),
                                    row.getObject(3, OffsetDateTime.class).toInstant()));
                }
            }
        }
        return batch;
    }

    /**
     * Returns triggers that have another next instant by these rules; found without locks, so they
     * must be checked again.
     */
    private List<UUID> different(Connection connection, List<Suspect> batch) throws SQLException {
        var plansOf = plans.read(connection, batch.stream().map(Suspect::jobId).toList());
        var different = new ArrayList<UUID>();
        for (var suspect : batch) {
            var plan = plansOf.get(suspect.jobId);
            var schedule = plan == null ? null : plan.schedule();
            if (schedule != null
                    && suspect.next != null
                    && suspect.next.isAfter(suspect.now)
                    && isOther(schedule, suspect)) {
                different.add(suspect.jobId);
            }
        }
        return different;
    }

    /**
     * A schedule that cannot be computed is left to the move, which may fail for this job alone.
     */
    private static boolean isOther(Schedule schedule, Suspect suspect) {
        try {
            return !Objects.equals(schedule.next(suspect.now), suspect.next);
        } catch (RuntimeException fault) {
            return true;
        }
    }

    private boolean moveInTransaction(UUID jobId) {
        return database.inTransaction(connection -> move(connection, jobId));
    }

    /** Checks again under locks, job before trigger, and moves the trigger. */
    private boolean move(Connection connection, UUID jobId) throws SQLException {
        boolean enabled;
        try (var statement = connection.prepareStatement(LOCK_JOB)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                enabled = row.getBoolean(1);
            }
        }
        Instant held;
        Instant now;
        try (var statement = connection.prepareStatement(LOCK_TRIGGER)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                held = Instant.ofEpochMilli(row.getLong(1));
                now = row.getObject(2, OffsetDateTime.class).toInstant();
            }
        }
        var plan = plans.read(connection, List.of(jobId)).get(jobId);
        var schedule = plan == null ? null : plan.schedule();
        if (schedule == null || Objects.equals(schedule.next(now), held)) {
            return false;
        }
        var next = schedule.next(LedgerEnd.of(connection, jobId));
        triggers.move(connection, jobId, next, !enabled);
        Log.infof("trigger moved by time zone rules jobId=%s from=%s to=%s", jobId, held, next);
        return true;
    }

    private static void done(Connection connection, short id, OffsetDateTime startedAt)
            throws SQLException {
        try (var statement = connection.prepareStatement(DONE)) {
            statement.setObject(1, startedAt);
            statement.setShort(2, id);
            statement.executeUpdate();
        }
    }

    private void tell(Connection connection, int moved) throws SQLException {
        if (moved > 0) {
            metrics.movedByTimeZoneRules(moved);
            audit.add(
                    connection,
                    "TRIGGERS_MOVED",
                    null,
                    null,
                    Map.of("tzdata", TimeZoneData.version(), "moved", moved));
        }
    }
}
