package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlParameters;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionState;
import io.carillon.security.Scope;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads executions. */
@ApplicationScoped
public class ExecutionQueries {
    /** The id's timestamp is scheduled_at in milliseconds, which identifies the partition. */
    @Language("SQL")
    static final String BY_ID =
            """
            select * from execution where id = ? and scheduled_at >= ? and scheduled_at < ?
            """;

    /**
     * A job's history, newest first: (job_id, scheduled_at) is unique, so the instant alone is a
     * cursor.
     */
    @Language("SQL")
    private static final String PAGE_OF_JOB =
            """
            select * from execution
            where job_id = ?
              and (?::timestamptz is null or scheduled_at < ?)
              and (?::varchar is null or state = ?)
              and (?::timestamptz is null or scheduled_at >= ?)
              and (?::timestamptz is null or scheduled_at < ?)
            order by scheduled_at desc
            limit ?
            """;

    /**
     * Days outside the window are not even opened. An execution planned for the future is not the
     * last one.
     */
    @Language("SQL")
    static final String LATEST =
            """
            select e.* from unnest(?::uuid[]) as wanted (job_id)
            cross join lateral (
                select id, job_id, state, finished_at from execution
                where job_id = wanted.job_id and scheduled_at >= ? and scheduled_at <= statement_timestamp()
                order by scheduled_at desc
                limit 1) e
            """;

    /** Reads the last executions of each job, newest first. */
    @Language("SQL")
    static final String RECENT =
            """
            select e.* from unnest(?::uuid[]) as wanted (job_id)
            cross join lateral (
                select id, job_id, state, scheduled_at, started_at, finished_at from execution
                where job_id = wanted.job_id and scheduled_at >= ? and scheduled_at <= statement_timestamp()
                order by scheduled_at desc
                limit ?) e
            """;

    /** Skipped rows and cancelled backfills do not count. */
    @Language("SQL")
    private static final String EXECUTED =
            """
            select scheduled_at from execution
            where job_id = ? and scheduled_at >= ? and scheduled_at < ? and origin = 'SCHEDULE' and state <> 'SKIPPED'
            union
            select planned_at from execution
            where job_id = ? and planned_at >= ? and planned_at < ? and state not in ('SKIPPED', 'CANCELLED')
            """;

    /** Finds the row that accounts for a planned instant: its own, or a skipped range around it. */
    @Language("SQL")
    private static final String ACCOUNT_OF =
            """
            select * from (
                select * from execution
                where job_id = ? and scheduled_at <= ? and origin = 'SCHEDULE'
                order by scheduled_at desc
                limit 1) latest
            where coalesce(skipped_until, scheduled_at) >= ?
            """;

    @Language("SQL")
    private static final String NEAREST_PLANNED =
            """
            select instant from (
                select scheduled_at from execution
                where job_id = ? and scheduled_at between ? and ? and origin = 'SCHEDULE'
                union all
                select planned_at from execution
                where job_id = ? and planned_at between ? and ?) as near (instant)
            order by abs(extract(epoch from instant - ?)), instant
            limit 1
            """;

    @Language("SQL")
    private static final String BACKFILL_OF =
            """
            select * from execution where job_id = ? and planned_at = ? and origin = 'BACKFILL'
            order by scheduled_at desc
            limit 1
            """;

    @Language("SQL")
    private static final String ACTIVE_AT =
            """
            select id from execution
            where job_id = ? and scheduled_at < ? and scheduled_at > ?::timestamptz - interval '8 days'
              and state <> 'SKIPPED' and created_at <= ? and (finished_at is null or finished_at > ?)
            order by scheduled_at desc
            limit 1
            """;

    /** Today and yesterday, and one day more for requests at midnight. */
    private static final Duration LATELY = Duration.ofDays(2);

    /** A job's time of creation is a replica's estimate of the database's time. */
    private static final Duration CLOCKS_APART = Duration.ofDays(1);

    private final Database database;
    private final ExecutionRows rows;
    private final DatabaseClock clock;

    ExecutionQueries(Database database, ExecutionRows rows, DatabaseClock clock) {
        this.database = database;
        this.rows = rows;
        this.clock = clock;
    }

    /** Summarises the last execution of a job. */
    @Schema(name = "LatestExecution")
    @RegisterForReflection
    public record Latest(UUID id, ExecutionState state, @Nullable Instant finishedAt) {}

    /** Returns the execution; empty if it does not exist or the caller may not see it. */
    public Optional<ExecutionView> find(Scope scope, UUID id) {
        long millis = UuidV7.epochMillis(id);
        if (id.version() != 7 || millis > 253_402_300_799_000L) {
            return Optional.empty();
        }
        return database.with(
                BY_ID,
                statement -> {
                    statement.setObject(1, id);
                    statement.setObject(2, Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
                    statement.setObject(
                            3, Instant.ofEpochMilli(millis + 1).atOffset(ZoneOffset.UTC));
                    return rows.views(statement).stream()
                            .filter(found -> scope.sees(found.namespace()))
                            .findFirst();
                });
    }

    /**
     * Selects executions of a job; null components do not restrict.
     *
     * @param before only earlier planned instants than this
     */
    public record OfJob(
            UUID jobId,
            @Nullable ExecutionState state,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Instant before) {}

    /** Returns a job's executions, latest planned instant first. */
    public List<ExecutionView> pageOfJob(OfJob asked, int limit) {
        return database.inTransaction(connection -> pageOfJob(connection, asked, limit));
    }

    private List<ExecutionView> pageOfJob(Connection connection, OfJob asked, int limit)
            throws SQLException {
        try (var settings = connection.createStatement();
                var statement = connection.prepareStatement(PAGE_OF_JOB)) {
            settings.execute(ExecutionListing.PLAN_FOR_PARAMETERS);
            var parameters = new SqlParameters(statement);
            statement.setObject(parameters.next(), asked.jobId);
            parameters.twice(asked.before);
            parameters.twice(asked.state == null ? null : asked.state.name(), Types.VARCHAR);
            parameters.twice(asked.from);
            parameters.twice(asked.to);
            statement.setInt(parameters.next(), limit);
            return rows.views(statement);
        }
    }

    /**
     * Returns the last execution of each job that has one. Most jobs ran recently, so the last days
     * are read first, and older ones only for the remaining jobs: opening a day has a cost even if
     * it has no rows.
     *
     * @param createdAt when each job was created; it has no earlier executions
     */
    public Map<UUID, Latest> latest(Map<UUID, Instant> createdAt) {
        var latest = new HashMap<UUID, Latest>();
        return database.with(
                connection -> {
                    var lately = clock.now().minus(LATELY);
                    addLatest(connection, createdAt.keySet(), lately, latest);
                    var missing = new HashMap<>(createdAt);
                    missing.keySet().removeAll(latest.keySet());
                    missing.values().removeIf(created -> created.isAfter(lately));
                    if (!missing.isEmpty()) {
                        addLatest(
                                connection,
                                missing.keySet(),
                                Collections.min(missing.values()).minus(CLOCKS_APART),
                                latest);
                    }
                    return latest;
                });
    }

    /** An execution of a job, in short. */
    public record Run(
            UUID id,
            ExecutionState state,
            Instant scheduledAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}

    /**
     * Returns the last executions of each job that has any, newest first.
     *
     * @param since no earlier ones
     * @param limit how many of a job at most
     */
    public Map<UUID, List<Run>> recent(Collection<UUID> jobIds, Instant since, int limit) {
        return database.with(
                RECENT,
                statement -> {
                    statement.setArray(
                            1, statement.getConnection().createArrayOf("uuid", jobIds.toArray()));
                    statement.setObject(2, since.atOffset(ZoneOffset.UTC));
                    statement.setInt(3, limit);
                    var recent = new HashMap<UUID, List<Run>>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            recent.computeIfAbsent(
                                            row.getObject("job_id", UUID.class),
                                            job -> new ArrayList<>())
                                    .add(
                                            new Run(
                                                    row.getObject("id", UUID.class),
                                                    ExecutionState.valueOf(row.getString("state")),
                                                    Objects.requireNonNull(
                                                            ExecutionRows.instant(
                                                                    row, "scheduled_at")),
                                                    ExecutionRows.instant(row, "started_at"),
                                                    ExecutionRows.instant(row, "finished_at")));
                        }
                    }
                    return recent;
                });
    }

    private static void addLatest(
            Connection connection, Set<UUID> jobIds, Instant from, Map<UUID, Latest> latest)
            throws SQLException {
        try (var statement = connection.prepareStatement(LATEST)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            statement.setObject(2, from.atOffset(ZoneOffset.UTC));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    latest.put(
                            row.getObject("job_id", UUID.class),
                            new Latest(
                                    row.getObject("id", UUID.class),
                                    ExecutionState.valueOf(row.getString("state")),
                                    ExecutionRows.instant(row, "finished_at")));
                }
            }
        }
    }

    /**
     * Returns the planned instants from {@code from} (inclusive) to {@code to} that have an
     * execution, by schedule or by backfill.
     */
    public Set<Instant> executed(Connection connection, UUID jobId, Instant from, Instant to)
            throws SQLException {
        try (var statement = connection.prepareStatement(EXECUTED)) {
            for (int half = 0; half < 2; half++) {
                statement.setObject(3 * half + 1, jobId);
                statement.setObject(3 * half + 2, from.atOffset(ZoneOffset.UTC));
                statement.setObject(3 * half + 3, to.atOffset(ZoneOffset.UTC));
            }
            var executed = new HashSet<Instant>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    executed.add(row.getObject(1, OffsetDateTime.class).toInstant());
                }
            }
            return executed;
        }
    }

    /** Returns the row that accounts for a planned instant, by itself or within a skipped range. */
    public Optional<ExecutionView> accountOf(Connection connection, UUID jobId, Instant planned)
            throws SQLException {
        return first(connection, ACCOUNT_OF, jobId, planned, planned);
    }

    /** Returns the latest execution that a backfill made for a planned instant. */
    public Optional<ExecutionView> backfillOf(Connection connection, UUID jobId, Instant planned)
            throws SQLException {
        return first(connection, BACKFILL_OF, jobId, planned);
    }

    /** Returns the nearest planned instant that has its own row, or one of a backfill. */
    public Optional<Instant> nearestPlanned(
            Connection connection, UUID jobId, Instant at, Duration atMost) throws SQLException {
        try (var statement = connection.prepareStatement(NEAREST_PLANNED)) {
            for (int half = 0; half < 2; half++) {
                statement.setObject(3 * half + 1, jobId);
                statement.setObject(3 * half + 2, at.minus(atMost).atOffset(ZoneOffset.UTC));
                statement.setObject(3 * half + 3, at.plus(atMost).atOffset(ZoneOffset.UTC));
            }
            statement.setObject(7, at.atOffset(ZoneOffset.UTC));
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Optional.ofNullable(ExecutionRows.instant(row, "instant"))
                        : Optional.empty();
            }
        }
    }

    /** Returns the latest execution of a job that was not final at an instant. */
    public Optional<UUID> activeAt(Connection connection, UUID jobId, Instant at)
            throws SQLException {
        try (var statement = prepared(connection, ACTIVE_AT, jobId, at, at, at, at);
                var row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
        }
    }

    private Optional<ExecutionView> first(
            Connection connection, String sql, UUID jobId, Instant... instants)
            throws SQLException {
        try (var statement = prepared(connection, sql, jobId, instants)) {
            return rows.views(statement).stream().findFirst();
        }
    }

    private static PreparedStatement prepared(
            Connection connection, String sql, UUID jobId, Instant... instants)
            throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setObject(1, jobId);
        for (int index = 0; index < instants.length; index++) {
            statement.setObject(index + 2, instants[index].atOffset(ZoneOffset.UTC));
        }
        return statement;
    }
}
