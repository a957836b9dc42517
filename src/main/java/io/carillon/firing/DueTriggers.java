package io.carillon.firing;

import io.carillon.database.ArrayParameters;
import io.carillon.database.DatabaseClock;
import io.carillon.database.IndexHeads;
import io.carillon.definition.JobVersion;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Finds due triggers' rows, locks them and advances them, for firing. It decides nothing; {@link
 * Firing} does.
 */
@ApplicationScoped
class DueTriggers {
    @Language("SQL")
    private static final String NEXT_DUE =
            """
            select min(next_fire_time), epoch_millis(clock_timestamp()) from qrtz_triggers
            where sched_name = 'carillon' and trigger_state = 'WAITING' and next_fire_time >= ?
              and trigger_name <> all(?)
            """;

    /**
     * Locks the due triggers that are not locked, oldest first. PostgreSQL checks the condition
     * again on the locked version of each row, so a trigger that was advanced meanwhile is not
     * taken. A row keeps its ctid as long as it is locked.
     */
    @Language("SQL")
    private static final String LOCK_DUE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, priority as job_version, ctid,
                   epoch_millis(statement_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_state = 'WAITING'
              and next_fire_time >= ? and next_fire_time <= epoch_millis(statement_timestamp())
              and trigger_name <> all(?)
            order by next_fire_time
            limit ?
            for update skip locked
            """;

    @Language("SQL")
    private static final String LOCK_DUE_ONE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, priority as job_version, ctid,
                   epoch_millis(statement_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ? and trigger_state = 'WAITING'
              and next_fire_time <= epoch_millis(statement_timestamp())
            for update skip locked
            """;

    /** When the transaction began, which is not later than its first look. */
    @Language("SQL")
    private static final String BEGAN = "select epoch_millis(transaction_timestamp())";

    @Language("SQL")
    private static final String READ_ONE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, priority as job_version, ctid,
                   epoch_millis(clock_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ?
            """;

    @Language("SQL")
    private static final String LOCK_ONE = READ_ONE + "for update";

    /** By ctid: 26 to 29 us a row, where the primary key took 37 to 45. */
    @Language("SQL")
    private static final String ADVANCE =
            """
            update qrtz_triggers t
            set prev_fire_time = coalesce(nullif(a.previous, -1), t.prev_fire_time),
                next_fire_time = nullif(a.next, -1),
                trigger_state = case when a.next = -1 then 'COMPLETE' else t.trigger_state end
            from unnest(?::varchar[]::tid[], ?::bigint[], ?::bigint[]) as a (row, previous, next)
            where t.ctid = a.row
            """;

    private static final long NEVER = -1;

    /** Column numbers of the statements that read triggers. */
    private static final int DUE = 3;

    private static final int NOW = 7;

    /** The name of the index of due triggers in {@link #heads}. */
    private static final String HEAD = "due";

    private final DatabaseClock clock;
    private final IndexHeads<String> heads = new IndexHeads<>();

    /**
     * Holds a trigger's row.
     *
     * @param due its next planned instant
     * @param row its ctid, valid as long as the row is locked
     */
    record Locked(JobVersion job, String namespace, Instant due, boolean isPaused, String row) {
        UUID jobId() {
            return job.jobId();
        }

        Locked dueAt(Instant instant) {
            return new Locked(job, namespace, instant, isPaused, row);
        }
    }

    /**
     * A batch of triggers that are due {@code now}, oldest first.
     *
     * @param nameless names of further due triggers that are not a job's id
     */
    record Batch(List<Locked> triggers, List<String> nameless, Instant now) {
        int size() {
            return triggers.size() + nameless.size();
        }

        List<String> names() {
            var names = new ArrayList<>(nameless);
            triggers.forEach(trigger -> names.add(trigger.jobId().toString()));
            return names;
        }
    }

    /**
     * @param next when the next active trigger is due; null if there is none
     */
    record Look(@Nullable Instant next, Instant now) {}

    /**
     * @param trigger null if nothing further is planned
     */
    record One(@Nullable Locked trigger, Instant now) {}

    /**
     * The new position of a trigger.
     *
     * @param last the last executed instant; null: none, so the previous value stays
     * @param next the next instant; null if there is none, so the trigger is complete
     */
    record Advanced(Locked trigger, @Nullable Instant last, @Nullable Instant next) {}

    DueTriggers(DatabaseClock clock) {
        this.clock = clock;
    }

    /**
     * Returns when the next active trigger is due.
     *
     * @param passedOver names of triggers to ignore
     */
    Look next(Connection connection, Collection<String> passedOver) throws SQLException {
        long from = from(System.nanoTime());
        long sentNanos = System.nanoTime();
        var look = next(connection, from, passedOver);
        looked(from, sentNanos, 0, null);
        if (look.next != null) {
            heads.seen(HEAD, look.next.toEpochMilli());
        }
        return look;
    }

    /** As above, for triggers that are due after an instant; null if there is none. */
    @Nullable Instant nextAfter(Connection connection, Instant after, Collection<String> passedOver)
            throws SQLException {
        return next(connection, after.toEpochMilli() + 1, passedOver).next;
    }

    private Look next(Connection connection, long from, Collection<String> passedOver)
            throws SQLException {
        long sentNanos = System.nanoTime();
        try (var statement = connection.prepareStatement(NEXT_DUE)) {
            statement.setLong(1, from);
            statement.setArray(2, texts(connection, passedOver));
            try (var row = statement.executeQuery()) {
                row.next();
                long next = row.getLong(1);
                boolean none = row.wasNull();
                clock.observe(row.getLong(2), sentNanos);
                return new Look(
                        none ? null : Instant.ofEpochMilli(next),
                        Instant.ofEpochMilli(row.getLong(2)));
            }
        }
    }

    /**
     * Locks up to {@code limit} due active triggers, passing over those that others have locked.
     *
     * @param passedOver names of triggers to pass over as well
     */
    Batch lockDue(Connection connection, int limit, Collection<String> passedOver)
            throws SQLException {
        long sentNanos = System.nanoTime();
        long from = from(sentNanos);
        Batch batch;
        try (var statement = connection.prepareStatement(LOCK_DUE)) {
            statement.setLong(1, from);
            statement.setArray(2, texts(connection, passedOver));
            statement.setInt(3, limit);
            batch = batch(statement, sentNanos);
        }
        var triggers = batch.triggers;
        looked(
                from,
                sentNanos,
                triggers.size(),
                triggers.isEmpty() ? null : triggers.getLast().due);
        return batch.size() > 0 ? batch : new Batch(List.of(), List.of(), began(connection));
    }

    /** Locks one active trigger, if it is due and not locked. */
    Batch lockDue(Connection connection, String name) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_DUE_ONE)) {
            statement.setString(1, name);
            return batch(statement, System.nanoTime());
        }
    }

    private Batch batch(PreparedStatement statement, long sentNanos) throws SQLException {
        var locked = new ArrayList<Locked>();
        var nameless = new ArrayList<String>();
        var now = Instant.EPOCH;
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                if (locked.isEmpty() && nameless.isEmpty()) {
                    now = Instant.ofEpochMilli(row.getLong(NOW));
                    clock.observe(row.getLong(NOW), sentNanos);
                }
                if (isNameOfAJob(row.getString(1))) {
                    locked.add(lockedOf(row));
                } else {
                    nameless.add(row.getString(1));
                }
            }
        }
        return new Batch(locked, nameless, now);
    }

    private static Instant began(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(BEGAN);
                var row = statement.executeQuery()) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
        }
    }

    private static boolean isNameOfAJob(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException notACarillonName) {
            return false;
        }
    }

    private static Array texts(Connection connection, Collection<String> texts)
            throws SQLException {
        return connection.createArrayOf("varchar", texts.toArray());
    }

    /** Locks one job's trigger, waiting for the lock; null if it has none. */
    @Nullable One lock(Connection connection, UUID jobId) throws SQLException {
        return one(connection, LOCK_ONE, jobId);
    }

    /** Reads one job's trigger without a lock; null if it has none. */
    @Nullable One read(Connection connection, UUID jobId) throws SQLException {
        return one(connection, READ_ONE, jobId);
    }

    private static @Nullable One one(Connection connection, String sql, UUID jobId)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                return new One(
                        row.getObject(DUE) == null ? null : lockedOf(row),
                        Instant.ofEpochMilli(row.getLong(NOW)));
            }
        }
    }

    /** Advances locked triggers. */
    void advance(Connection connection, List<Advanced> advanced) throws SQLException {
        try (var statement = connection.prepareStatement(ADVANCE)) {
            new ArrayParameters<>(statement, 1, advanced)
                    .texts(trigger -> trigger.trigger.row)
                    .longs(trigger -> millis(trigger.last))
                    .longs(trigger -> millis(trigger.next));
            int moved = statement.executeUpdate();
            if (moved != advanced.size()) {
                throw new IllegalStateException(
                        "%d triggers are locked, %d advanced".formatted(advanced.size(), moved));
            }
        }
    }

    private long from(long nowNanos) {
        return heads.from(nowNanos).getOrDefault(HEAD, Long.MIN_VALUE);
    }

    /**
     * Assumes that the locked triggers will be fired. If the transaction fails, the next look at
     * the whole index finds them.
     */
    private void looked(long from, long sentNanos, int found, @Nullable Instant last) {
        long now = System.nanoTime();
        heads.looked(
                from == Long.MIN_VALUE,
                Duration.ofNanos(now - sentNanos),
                found,
                last == null ? Map.of() : Map.of(HEAD, last.toEpochMilli()),
                now);
    }

    private static long millis(@Nullable Instant instant) {
        return instant == null ? NEVER : instant.toEpochMilli();
    }

    private static Locked lockedOf(ResultSet row) throws SQLException {
        return new Locked(
                new JobVersion(UUID.fromString(row.getString(1)), row.getLong(5)),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(DUE)),
                "PAUSED".equals(row.getString(4)),
                row.getString(6));
    }
}
