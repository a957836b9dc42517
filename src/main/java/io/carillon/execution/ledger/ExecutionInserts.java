package io.carillon.execution.ledger;

import io.carillon.database.ArrayParameters;
import io.carillon.database.Notifications;
import io.carillon.database.TimeZoneData;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.carillon.execution.OverlapDecision;
import io.carillon.execution.SkipReason;
import io.carillon.execution.ledger.Ends.Stillborn;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Inserts the executions of jobs: for planned instants, runs outside the schedule, and backfills.
 * {@link SubmissionInserts} inserts the others. All times are the database's.
 */
@ApplicationScoped
public class ExecutionInserts {
    /** The columns of the spec come from the plan, so that the job's row is not read again. */
    @Language("SQL")
    private static final String PLANNED =
            """
            insert into execution
                (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key, run_at,
                 max_attempts, delivery, timeout_ms, weight, start_deadline_at, followed, finished_at, reason,
                 skipped_until, skipped_count, tzdata)
            select p.id, timestamptz 'epoch' + p.at * interval '1 millisecond', p.namespace, p.job_id, p.type, p.queue,
                   p.state, 'SCHEDULE', p.priority, p.at - p.priority * ?,
                   timestamptz 'epoch' + p.at * interval '1 millisecond', p.max_attempts, p.delivery, p.timeout_ms,
                   p.weight, timestamptz 'epoch' + nullif(p.start_deadline, -1) * interval '1 millisecond', p.followed,
                   case when p.reason is not null then clock_timestamp() end, p.reason,
                   case when p.count > 1 then timestamptz 'epoch' + p.until * interval '1 millisecond' end,
                   case when p.reason is not null then p.count end, ?
            from unnest(?::uuid[], ?::bigint[], ?::varchar[], ?::uuid[], ?::varchar[], ?::varchar[], ?::varchar[],
                        ?::bigint[], ?::bigint[], ?::varchar[], ?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[],
                        ?::varchar[], ?::bigint[], ?::bigint[])
                     as p (id, at, namespace, job_id, type, queue, state, priority, max_attempts, delivery, timeout_ms,
                           weight, start_deadline, followed, reason, until, count)
            on conflict (job_id, scheduled_at) where job_id is not null do nothing
            """;

    /** Only a batch that skips something needs to know which rows are new. */
    @Language("SQL")
    private static final String PLANNED_AND_NEW = PLANNED + "returning id";

    /**
     * The microseconds keep a run different from every planned instant, which has whole
     * milliseconds, and from other runs.
     */
    @Language("SQL")
    private static final String RUN =
            """
            insert into execution
                (id, scheduled_at, planned_at, namespace, job_id, type, queue, state, origin, priority, order_key,
                 run_at, max_attempts, delivery, timeout_ms, weight, start_deadline_at, followed, finished_at, reason,
                 skipped_count, config, replay_of, caused_by)
            select ?, timestamptz 'epoch' + ? * interval '1 millisecond' + ? * interval '1 microsecond', ?,
                   j.namespace, j.id, j.type, j.queue, new.state, ?, j.priority,
                   (extract(epoch from new.at) * 1000)::bigint - j.priority * ?, new.at,
                   j.max_attempts, j.delivery, j.timeout_ms, j.weight,
                   new.at + j.start_deadline_ms * interval '1 millisecond', ?,
                   case when new.state = 'SKIPPED' then new.at end, ?,
                   case when new.state = 'SKIPPED' then 1 end, ?::jsonb, ?, ?
            from job j, (select ?, clock_timestamp()) as new (state, at)
            where j.id = ?
            on conflict (job_id, scheduled_at) where job_id is not null do nothing
            returning namespace, type
            """;

    /** Finds the first millisecond from now on in which the job has no row with microseconds. */
    @Language("SQL")
    private static final String FREE_FROM =
            """
            select greatest(epoch_millis(clock_timestamp()), (
                select epoch_millis(max(scheduled_at)) + 1 from execution
                where job_id = ? and scheduled_at >= clock_timestamp() - interval '1 minute'
                  and scheduled_at < clock_timestamp() + interval '1 minute'))
            """;

    /**
     * Queued behind everything that is ready now, oldest instant first, so that a backfill delays
     * nothing that is due.
     */
    @Language("SQL")
    private static final String BACKFILL =
            """
            insert into execution
                (id, scheduled_at, planned_at, namespace, job_id, type, queue, state, origin, priority, order_key,
                 run_at, max_attempts, delivery, timeout_ms, weight, followed, tzdata)
            select b.id, timestamptz 'epoch' + b.millis * interval '1 millisecond' + b.micros * interval '1 microsecond',
                   timestamptz 'epoch' + b.planned * interval '1 millisecond', j.namespace, j.id, j.type, j.queue,
                   b.state, 'BACKFILL', j.priority, ? + b.place - 1 - j.priority * ?, clock_timestamp(),
                   j.max_attempts, j.delivery, j.timeout_ms, j.weight, ?, ?
            from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::varchar[])
                     with ordinality as b (id, millis, micros, planned, state, place),
                 job j
            where j.id = ?
            """;

    private static final int RUNS_IN_A_MILLISECOND = 1000;
    private static final int MICROS_OF_A_MILLI = 999;

    private final Notifications notifications;
    private final Ends ends;
    private final TimeZoneData timeZoneData;
    private final long headStartMillis;

    /**
     * A run of a job outside its schedule.
     *
     * @param at when it was asked for; sub-millisecond parts are dropped
     * @param standsFor the planned instant it stands for; null for none
     * @param skipReason null unless it is skipped
     * @param config JSON; null: the job's own
     * @param replayOf the dead letter it replays; null for none
     * @param causedBy the execution whose end caused it; null for none
     */
    public record Run(
            UUID jobId,
            Origin origin,
            Instant at,
            @Nullable Instant standsFor,
            OverlapDecision.Start start,
            boolean isFollowed,
            @Nullable SkipReason skipReason,
            @Nullable String config,
            @Nullable UUID replayOf,
            @Nullable UUID causedBy) {}

    ExecutionInserts(
            Notifications notifications,
            Ends ends,
            TimeZoneData timeZoneData,
            ExecutionConfig config) {
        this.notifications = notifications;
        this.ends = ends;
        this.timeZoneData = timeZoneData;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Writes planned instants into the ledger, in the firing transaction of {@code connection}. An
     * instant that is already there stays as it is.
     *
     * @return how many rows were new
     */
    public int insertPlanned(Connection connection, List<PlannedExecution> planned)
            throws SQLException {
        var ids = planned.stream().map(row -> UuidV7.at(row.scheduledAtMillis())).toList();
        var next = ids.iterator();
        boolean areSkipped = planned.stream().anyMatch(row -> row.reason() != null);
        Set<UUID> made;
        try (var statement = connection.prepareStatement(areSkipped ? PLANNED_AND_NEW : PLANNED)) {
            statement.setLong(1, headStartMillis);
            statement.setShort(2, timeZoneData.id());
            new ArrayParameters<>(statement, 3, planned)
                    .add("uuid", row -> next.next())
                    .longs(PlannedExecution::scheduledAtMillis)
                    .texts(PlannedExecution::namespace)
                    .add("uuid", PlannedExecution::jobId)
                    .texts(row -> row.spec().type())
                    .texts(row -> row.spec().queue())
                    .texts(PlannedExecution::state)
                    .longs(row -> row.spec().priority())
                    .longs(row -> row.spec().maxAttempts())
                    .texts(row -> row.spec().delivery().name())
                    .longs(row -> row.spec().timeoutMillis())
                    .longs(row -> row.spec().weight())
                    .longs(PlannedExecution::startDeadlineAtMillis)
                    .add("bool", PlannedExecution::isFollowed)
                    .add("varchar", PlannedExecution::reason)
                    .longs(PlannedExecution::skippedUntilMillis)
                    .longs(PlannedExecution::skippedCount);
            if (!areSkipped) {
                return statement.executeUpdate();
            }
            made = ids(statement);
        }
        noteSkipped(connection, planned, ids, made);
        return made.size();
    }

    /**
     * @param ids of the planned, in their order
     * @param made the ids of those that are new
     */
    private void noteSkipped(
            Connection connection, List<PlannedExecution> planned, List<UUID> ids, Set<UUID> made)
            throws SQLException {
        var skipped = new ArrayList<Stillborn>();
        for (int index = 0; index < planned.size(); index++) {
            var row = planned.get(index);
            if (row.reason() != null && made.contains(ids.get(index))) {
                skipped.add(
                        new Stillborn(
                                ExecutionState.SKIPPED,
                                ids.get(index),
                                row.jobId(),
                                row.namespace(),
                                row.spec().type(),
                                row.reason().name()));
            }
        }
        ends.noteStillborn(connection, skipped);
    }

    private static Set<UUID> ids(PreparedStatement statement) throws SQLException {
        var ids = new HashSet<UUID>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                ids.add(row.getObject(1, UUID.class));
            }
        }
        return ids;
    }

    /** Writes a run of a job; returns its id. */
    public UUID insertRun(Connection connection, Run run) throws SQLException {
        long millis = run.at.toEpochMilli();
        for (int micros = 1; micros < RUNS_IN_A_MILLISECOND; micros++) {
            var id = UuidV7.at(millis);
            try (var statement = connection.prepareStatement(RUN)) {
                statement.setObject(1, id);
                statement.setLong(2, millis);
                statement.setInt(3, micros);
                statement.setObject(
                        4, run.standsFor == null ? null : run.standsFor.atOffset(ZoneOffset.UTC));
                statement.setString(5, run.origin.name());
                statement.setLong(6, headStartMillis);
                statement.setBoolean(7, run.isFollowed);
                statement.setString(8, run.skipReason == null ? null : run.skipReason.name());
                statement.setString(9, run.config);
                statement.setObject(10, run.replayOf);
                statement.setObject(11, run.causedBy);
                statement.setString(12, stateOf(run.start));
                statement.setObject(13, run.jobId);
                try (var row = statement.executeQuery()) {
                    if (row.next()) {
                        noteSkipped(connection, run, id, row.getString(1), row.getString(2));
                        notifications.soon(Topic.WORK, "");
                        return id;
                    }
                }
            }
        }
        throw new SQLException("A thousand runs of job " + run.jobId + " for one millisecond");
    }

    private void noteSkipped(Connection connection, Run run, UUID id, String namespace, String type)
            throws SQLException {
        if (run.skipReason != null) {
            ends.noteStillborn(
                    connection,
                    List.of(
                            new Stillborn(
                                    ExecutionState.SKIPPED,
                                    id,
                                    run.jobId,
                                    namespace,
                                    type,
                                    run.skipReason.name())));
        }
    }

    /**
     * Writes executions of planned instants that have none. Each is a row of its own beside a
     * skipped one: final states stay final.
     *
     * @param planned whole milliseconds, oldest first, and how each begins
     */
    public void insertBackfill(
            Connection connection,
            UUID jobId,
            List<Instant> planned,
            List<OverlapDecision.Start> starts,
            boolean areFollowed)
            throws SQLException {
        record Row(long millis, long micros, long planned, String state) {}
        long from = freeFrom(connection, jobId);
        var rows = new ArrayList<Row>(planned.size());
        for (int index = 0; index < planned.size(); index++) {
            rows.add(
                    new Row(
                            from + index / MICROS_OF_A_MILLI,
                            1L + index % MICROS_OF_A_MILLI,
                            planned.get(index).toEpochMilli(),
                            stateOf(starts.get(index))));
        }
        try (var statement = connection.prepareStatement(BACKFILL)) {
            statement.setLong(1, from);
            statement.setLong(2, headStartMillis);
            statement.setBoolean(3, areFollowed);
            statement.setShort(4, timeZoneData.id());
            new ArrayParameters<>(statement, 5, rows)
                    .add("uuid", row -> UuidV7.at(row.millis))
                    .longs(Row::millis)
                    .longs(Row::micros)
                    .longs(Row::planned)
                    .texts(Row::state);
            statement.setObject(10, jobId);
            statement.executeUpdate();
        }
        notifications.soon(Topic.WORK, "");
    }

    private static long freeFrom(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(FREE_FROM)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static String stateOf(OverlapDecision.Start start) {
        return switch (start) {
            case NOW -> "QUEUED";
            case IN_TURN -> "BLOCKED";
            case NEVER -> "SKIPPED";
        };
    }
}
