package io.carillon.firing;

import io.carillon.database.ArrayParameters;
import io.carillon.database.DatabaseClock;
import io.carillon.database.IndexHeads;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * The triggers' rows as firing sees them: found when they are due, locked, advanced. It decides
 * nothing; {@link Firing} does.
 */
@ApplicationScoped
class DueTriggers {
    @Language("SQL")
    private static final String NEXT_DUE =
            """
            select min(next_fire_time), epoch_millis(clock_timestamp()) from qrtz_triggers
            where trigger_state = 'WAITING' and next_fire_time >= ?
            """;

    /**
     * Takes what is due and not locked, oldest first. Re-checked by PostgreSQL on the locked
     * version of each row, so a trigger that was advanced meanwhile is not taken. The row stays
     * where it is, at its ctid, as long as it is locked.
     */
    @Language("SQL")
    private static final String LOCK_DUE =
            """
            select trigger_name, trigger_group, next_fire_time, trigger_state, priority as job_version, ctid,
                   epoch_millis(statement_timestamp())
            from qrtz_triggers
            where sched_name = 'carillon' and trigger_state = 'WAITING'
              and next_fire_time >= ? and next_fire_time <= epoch_millis(statement_timestamp())
            order by next_fire_time
            limit ?
            for update skip locked
            """;

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
                trigger_state = case when a.state is not null then a.state
                                     when a.next = -1 then 'COMPLETE'
                                     else t.trigger_state end
            from unnest(?::varchar[]::tid[], ?::bigint[], ?::bigint[], ?::varchar[])
                     as a (row, previous, next, state)
            where t.ctid = a.row
            """;

    private static final long NEVER = -1;

    /** The columns of the statements that read triggers. */
    private static final int DUE = 3;

    private static final int NOW = 7;

    /** The name of the index of due triggers in {@link #heads}. */
    private static final String HEAD = "due";

    private final DatabaseClock clock;
    private final IndexHeads heads = new IndexHeads();

    /**
     * A trigger as its row says.
     *
     * @param due its next planned instant
     * @param row its ctid, which holds as long as the row is locked
     */
    record Locked(JobVersion job, String namespace, Instant due, boolean isPaused, String row) {
        UUID jobId() {
            return job.jobId();
        }

        Locked dueAt(Instant instant) {
            return new Locked(job, namespace, instant, isPaused, row);
        }
    }

    /** Triggers that are due {@code now}, oldest first. */
    record Batch(List<Locked> triggers, Instant now) {}

    /**
     * @param trigger null when nothing is ahead of it
     */
    record One(@Nullable Locked trigger, Instant now) {}

    /**
     * Where a trigger goes.
     *
     * @param last the last instant that is executed; null: none, and the one before stays
     * @param next null when nothing is ahead
     * @param state null: as {@code next} says
     */
    record Advanced(
            Locked trigger,
            @Nullable Instant last,
            @Nullable Instant next,
            @Nullable String state) {}

    DueTriggers(DatabaseClock clock) {
        this.clock = clock;
    }

    /** When the next active trigger is due; null when there is none. */
    @Nullable Instant next(Connection connection) throws SQLException {
        long sentNanos = System.nanoTime();
        long from = from(sentNanos);
        try (var statement = connection.prepareStatement(NEXT_DUE)) {
            statement.setLong(1, from);
            try (var row = statement.executeQuery()) {
                row.next();
                long next = row.getLong(1);
                boolean none = row.wasNull();
                clock.observe(row.getLong(2), sentNanos);
                looked(from, sentNanos, 0, null);
                if (none) {
                    return null;
                }
                heads.seen(HEAD, next);
                return Instant.ofEpochMilli(next);
            }
        }
    }

    /** Locks up to {@code limit} active triggers that are due, passing over what others hold. */
    Batch lockDue(Connection connection, int limit) throws SQLException {
        var locked = new ArrayList<Locked>();
        var now = Instant.EPOCH;
        long sentNanos = System.nanoTime();
        long from = from(sentNanos);
        try (var statement = connection.prepareStatement(LOCK_DUE)) {
            statement.setLong(1, from);
            statement.setInt(2, limit);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    if (locked.isEmpty()) {
                        now = Instant.ofEpochMilli(row.getLong(NOW));
                        clock.observe(row.getLong(NOW), sentNanos);
                    }
                    locked.add(lockedOf(row));
                }
            }
        }
        looked(from, sentNanos, locked.size(), locked.isEmpty() ? null : locked.getLast().due);
        return new Batch(locked, now);
    }

    /** Locks one job's trigger, once whoever holds it lets go; null when it has none. */
    @Nullable One lock(Connection connection, UUID jobId) throws SQLException {
        return one(connection, LOCK_ONE, jobId);
    }

    /** Reads one job's trigger without a lock; null when it has none. */
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

    /** Moves locked triggers on. */
    void advance(Connection connection, List<Advanced> advanced) throws SQLException {
        try (var statement = connection.prepareStatement(ADVANCE)) {
            new ArrayParameters<>(statement, 1, advanced)
                    .texts(trigger -> trigger.trigger.row)
                    .longs(trigger -> millis(trigger.last))
                    .longs(trigger -> millis(trigger.next))
                    .texts(Advanced::state);
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
     * What was locked is taken to be fired. If it is not, the transaction failed, and it is found
     * by the next look at the whole.
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
