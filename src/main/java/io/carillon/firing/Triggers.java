package io.carillon.firing;

import io.carillon.database.ArrayParameters;
import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.SqlParameters;
import io.carillon.database.Topic;
import io.carillon.definition.JobLock;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Changes triggers for job administration, each in the transaction of its caller, and exactly with
 * respect to firing on every replica: code that changes a job first {@linkplain #settle settles}
 * its trigger, which locks it. The order of locks is job, then trigger.
 */
@ApplicationScoped
public class Triggers implements JobLock {
    @Language("SQL")
    private static final String LOCK_JOB =
            "select overlap, enabled from job where id = ? and deleted_at is null for update";

    @Language("SQL")
    private static final String HOLD =
            """
            select epoch_millis(clock_timestamp()) from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = ?
            for update
            """;

    @Language("SQL")
    private static final String INSERT =
            """
            insert into qrtz_triggers
                (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, priority,
                 trigger_state, trigger_type, start_time, misfire_instr)
            select 'carillon', n.name, n.namespace, 'fire', 'carillon', n.next, n.job_version,
                   case when n.next is null then 'COMPLETE' when n.paused then 'PAUSED' else 'WAITING' end,
                   'CARILLON', coalesce(n.next, 0), 0
            from unnest(?::varchar[], ?::varchar[], ?::bigint[], ?::bigint[], ?::boolean[])
                     as n (name, namespace, job_version, next, paused)
            """;

    @Language("SQL")
    private static final String MOVE =
            """
            update qrtz_triggers
            set next_fire_time = ?,
                trigger_state = case when ?::bigint is null then 'COMPLETE' when ? then 'PAUSED' else 'WAITING' end
            where sched_name = 'carillon' and trigger_name = ?
            """;

    @Language("SQL")
    private static final String PAUSE =
            """
            update qrtz_triggers set trigger_state = 'PAUSED'
            where sched_name = 'carillon' and trigger_name = ? and trigger_state = 'WAITING'
            """;

    @Language("SQL")
    private static final String RESUME =
            """
            update qrtz_triggers set trigger_state = 'WAITING'
            where sched_name = 'carillon' and trigger_name = ? and trigger_state = 'PAUSED'
            returning next_fire_time
            """;

    @Language("SQL")
    private static final String SET_VERSION =
            "update qrtz_triggers set priority = ? where sched_name = 'carillon' and trigger_name = ?";

    @Language("SQL")
    private static final String REMOVE =
            "delete from qrtz_triggers where sched_name = 'carillon' and trigger_name = ?";

    @Language("SQL")
    private static final String TIMES =
            """
            select trigger_name, next_fire_time, prev_fire_time, trigger_state from qrtz_triggers
            where sched_name = 'carillon' and trigger_name = any(?)
            """;

    /** The lower bound keeps the read off the dead entries of instants that have fired. */
    @Language("SQL")
    private static final String UPCOMING =
            """
            select trigger_name, next_fire_time from qrtz_triggers
            where sched_name = 'carillon' and trigger_state = 'WAITING' and next_fire_time >= ?
              and (?::varchar[] is null or trigger_group = any (?))
            order by next_fire_time
            limit ?
            """;

    private final Firing firing;
    private final SetAside setAside;
    private final DatabaseClock clock;
    private final FiringConfig config;

    Triggers(Firing firing, SetAside setAside, DatabaseClock clock, FiringConfig config) {
        this.firing = firing;
        this.setAside = setAside;
        this.clock = clock;
        this.config = config;
    }

    @Override
    public Optional<Locked> lock(Connection connection, UUID jobId) throws SQLException {
        Locked locked;
        try (var statement = connection.prepareStatement(LOCK_JOB)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                locked = new Locked(Overlap.valueOf(row.getString(1)), row.getBoolean(2));
            }
        }
        hold(connection, jobId);
        return Optional.of(locked);
    }

    /** Stores triggers of new jobs, all in one statement. */
    public void add(Connection connection, List<NewTrigger> triggers) throws SQLException {
        if (triggers.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(INSERT)) {
            new ArrayParameters<>(statement, 1, triggers)
                    .texts(trigger -> trigger.jobId().toString())
                    .texts(NewTrigger::namespace)
                    .longs(NewTrigger::jobVersion)
                    .add("bigint", Triggers::nextMillis)
                    .add("bool", NewTrigger::isPaused);
            statement.executeUpdate();
        }
        var earliest =
                triggers.stream()
                        .filter(trigger -> !trigger.isPaused())
                        .map(Triggers::nextMillis)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder());
        if (earliest.isPresent()) {
            announce(connection, earliest.get());
        }
    }

    private static @Nullable Long nextMillis(NewTrigger trigger) {
        return trigger.nextFireAt() == null ? null : trigger.nextFireAt().toEpochMilli();
    }

    /**
     * Fires or skips every instant up to now under the current definition, and locks the trigger
     * until the transaction ends. Call it before changing anything of the job.
     *
     * @param catchUp which instants that a paused job has missed to execute; null for none
     * @return the database's time up to which the ledger is complete; empty when the job has no
     *     trigger
     */
    public Optional<Instant> settle(
            Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        return firing.settle(connection, jobId, catchUp);
    }

    /**
     * Counts what {@link #settle} would do to a paused job's trigger; changes and locks nothing.
     */
    public CatchUpPreview preview(
            Connection connection, UUID jobId, @Nullable MisfirePolicy catchUp)
            throws SQLException {
        return firing.preview(connection, jobId, catchUp);
    }

    /**
     * Locks the trigger of a paused job, as {@link #settle} does, but leaves the instants it has
     * missed to be decided later.
     *
     * @return the database's time; empty when the job has no trigger
     */
    public Optional<Instant> hold(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(HOLD)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(Instant.ofEpochMilli(row.getLong(1)))
                        : Optional.empty();
            }
        }
    }

    /** Moves a settled trigger to another next fire time; null: it never fires again. */
    public void move(
            Connection connection, UUID jobId, @Nullable Instant nextFireAt, boolean isPaused)
            throws SQLException {
        try (var statement = connection.prepareStatement(MOVE)) {
            Long next = nextFireAt == null ? null : nextFireAt.toEpochMilli();
            statement.setObject(1, next, Types.BIGINT);
            statement.setObject(2, next, Types.BIGINT);
            statement.setBoolean(3, isPaused);
            statement.setString(4, jobId.toString());
            statement.executeUpdate();
        }
        if (nextFireAt != null && !isPaused) {
            announce(connection, nextFireAt.toEpochMilli());
        }
    }

    /** Stops a settled trigger from firing. */
    public void pause(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(PAUSE)) {
            statement.setString(1, jobId.toString());
            statement.executeUpdate();
        }
    }

    /** Lets a settled trigger fire again. */
    public void resume(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(RESUME)) {
            statement.setString(1, jobId.toString());
            try (var row = statement.executeQuery()) {
                if (row.next()) {
                    announce(connection, row.getLong(1));
                }
            }
        }
    }

    /**
     * Stores this version of the job in its settled trigger. It must be the last step of every
     * change: settling the trigger afterwards would cache the plan of a change that may still be
     * rolled back.
     */
    public void setVersion(Connection connection, UUID jobId, long version) throws SQLException {
        // The trigger stays locked until the change is committed and can be fired.
        setAside.remove(jobId.toString());
        try (var statement = connection.prepareStatement(SET_VERSION)) {
            statement.setLong(1, version);
            statement.setString(2, jobId.toString());
            statement.executeUpdate();
        }
    }

    /** Removes a settled trigger. */
    public void remove(Connection connection, UUID jobId) throws SQLException {
        setAside.remove(jobId.toString());
        try (var statement = connection.prepareStatement(REMOVE)) {
            statement.setString(1, jobId.toString());
            statement.executeUpdate();
        }
    }

    /** Reads the triggers of these jobs; jobs without one are absent. */
    public Map<UUID, TriggerTimes> times(Connection connection, List<UUID> jobIds)
            throws SQLException {
        var times = new HashMap<UUID, TriggerTimes>();
        try (var statement = connection.prepareStatement(TIMES)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "varchar", jobIds.stream().map(UUID::toString).toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    long next = row.getLong(2);
                    var nextFireAt = row.wasNull() ? null : Instant.ofEpochMilli(next);
                    long last = row.getLong(3);
                    var lastFireAt = row.wasNull() ? null : Instant.ofEpochMilli(last);
                    times.put(
                            UUID.fromString(row.getString(1)),
                            new TriggerTimes(
                                    "COMPLETE".equals(row.getString(4)), nextFireAt, lastFireAt));
                }
            }
        }
        return times;
    }

    /** The next planned instant of a job. */
    public record UpcomingFiring(UUID jobId, Instant at) {}

    /**
     * Returns the planned instants that come next over all active jobs, one of each job.
     *
     * @param from inclusive
     * @param namespaces null: all
     */
    public List<UpcomingFiring> upcoming(
            Connection connection, Instant from, @Nullable Set<String> namespaces, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(UPCOMING)) {
            var parameters = new SqlParameters(statement);
            statement.setLong(parameters.next(), from.toEpochMilli());
            parameters.twice(namespaces);
            statement.setInt(parameters.next(), limit);
            var upcoming = new ArrayList<UpcomingFiring>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    upcoming.add(
                            new UpcomingFiring(
                                    UUID.fromString(row.getString(1)),
                                    Instant.ofEpochMilli(row.getLong(2))));
                }
            }
            return upcoming;
        }
    }

    /**
     * Returns why this replica cannot fire the job's due trigger; null if it can, or if the trigger
     * is not due.
     */
    public @Nullable String faultOf(UUID jobId) {
        return setAside.faultOf(jobId.toString());
    }

    /**
     * Notifies the other replicas, unless their next look comes soon enough: PostgreSQL commits
     * transactions that notify one after the other, and most triggers are not due for hours.
     */
    private void announce(Connection connection, long nextFireTime) throws SQLException {
        if (nextFireTime <= clock.millis() + 2 * config.poll().toMillis()) {
            Notifications.send(connection, Topic.SCHEDULE, Long.toString(nextFireTime));
        }
    }
}
