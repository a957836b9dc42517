package io.carillon.execution.ledger;

import io.carillon.database.ArrayParameters;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.carillon.definition.RetryPolicy;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Ends.Stillborn;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Inserts submitted executions and their replays. All times are the database's. */
@ApplicationScoped
public class SubmissionInserts {
    /**
     * Makes a submission for now due by PostgreSQL's clock, even if the replica's estimate is a
     * little later.
     */
    @Language("SQL")
    private static final String SUBMITTED =
            """
            insert into execution
                (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key, run_at, max_attempts,
                 delivery, timeout_ms, weight, start_deadline_at, config, retry, labels, depends_on, waits_for,
                 on_dependency_failure, reason, finished_at, followed)
            select s.id, at.instant, s.namespace, s.type, s.queue,
                   case when s.reason is not null then 'CANCELLED'
                        when s.waits_for > 0 then 'BLOCKED'
                        when at.run > clock_timestamp() then 'SCHEDULED'
                        else 'QUEUED' end,
                   'SUBMIT', s.priority, s.at - s.priority * ?, at.run, s.max_attempts,
                   s.delivery, s.timeout_ms, s.weight, at.instant + s.start_deadline_ms * interval '1 millisecond',
                   s.config::jsonb, s.retry::jsonb, s.labels::jsonb, s.depends_on::uuid[],
                   case when s.depends_on is not null then s.waits_for end, s.on_dependency_failure, s.reason,
                   case when s.reason is not null then clock_timestamp() end, s.followed
            from unnest(?::uuid[], ?::bigint[], ?::varchar[], ?::varchar[], ?::varchar[], ?::bigint[], ?::bigint[],
                        ?::varchar[], ?::bigint[], ?::bigint[], ?::bigint[], ?::varchar[], ?::varchar[], ?::varchar[],
                        ?::varchar[], ?::bigint[], ?::varchar[], ?::varchar[], ?::boolean[], ?::boolean[])
                     as s (id, at, namespace, type, queue, priority, max_attempts, delivery, timeout_ms, weight,
                           start_deadline_ms, config, retry, labels, depends_on, waits_for, on_dependency_failure,
                           reason, followed, now)
            cross join lateral (select timestamptz 'epoch' + s.at * interval '1 millisecond') as asked (instant)
            cross join lateral (
                select asked.instant,
                       case when s.now then least(asked.instant, clock_timestamp()) else asked.instant end)
                as at (instant, run)
            """;

    @Language("SQL")
    private static final String DEPENDENCIES =
            """
            insert into execution_dependency (depends_on_id, execution_id, execution_scheduled_at)
            select d.depends_on_id, d.execution_id, timestamptz 'epoch' + d.at * interval '1 millisecond'
            from unnest(?::uuid[], ?::uuid[], ?::bigint[]) as d (depends_on_id, execution_id, at)
            """;

    /** Inserts the dead letter again, as it was submitted, to run now. */
    @Language("SQL")
    private static final String REPLAYED_SUBMISSION =
            """
            insert into execution
                (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key, run_at, max_attempts,
                 delivery, timeout_ms, weight, config, retry, labels, replay_of)
            select ?, now.instant, e.namespace, e.type, e.queue, 'QUEUED', 'REPLAY', e.priority,
                   ? - e.priority * ?, now.instant, e.max_attempts, e.delivery, e.timeout_ms, e.weight, e.config,
                   e.retry, e.labels, e.id
            from execution e, (select timestamptz 'epoch' + ? * interval '1 millisecond') as now (instant)
            where e.id = ? and e.scheduled_at = ?
            """;

    private final Json json;
    private final Notifications notifications;
    private final Ends ends;
    private final long headStartMillis;

    SubmissionInserts(Json json, Notifications notifications, Ends ends, ExecutionConfig config) {
        this.json = json;
        this.ends = ends;
        this.notifications = notifications;
        this.headStartMillis = config.headStart().toMillis();
    }

    /**
     * Returns null for the default, which nearly all have, because each of a row's three versions
     * would repeat it.
     */
    private @Nullable String retryText(RetryPolicy retry) {
        return retry.equals(RetryPolicy.DEFAULT) ? null : json.text(retry);
    }

    /** Writes submissions, any number in one statement, and their dependencies. */
    public void insertSubmitted(Connection connection, List<Submission> submissions)
            throws SQLException {
        try (var statement = connection.prepareStatement(SUBMITTED)) {
            statement.setLong(1, headStartMillis);
            new ArrayParameters<>(statement, 2, submissions)
                    .add("uuid", Submission::id)
                    .longs(each -> each.runAt().toEpochMilli())
                    .texts(Submission::namespace)
                    .texts(Submission::type)
                    .texts(Submission::queue)
                    .longs(Submission::priority)
                    .longs(each -> each.retry().attempts())
                    .texts(each -> each.delivery().name())
                    .longs(each -> each.timeout().toMillis())
                    .longs(Submission::weight)
                    .add("int8", each -> millis(each.startDeadline()))
                    .texts(each -> json.text(each.config()))
                    .texts(each -> retryText(each.retry()))
                    .texts(each -> json.text(each.labels()))
                    .texts(each -> arrayText(each.dependsOn()))
                    .longs(each -> each.waitsFor().size())
                    .texts(each -> each.onDependencyFailure().name())
                    .texts(Submission::cancelReason)
                    .add("bool", Submission::isFollowed)
                    .add("bool", Submission::isNow);
            statement.executeUpdate();
        }
        insertDependencies(connection, submissions);
        noteCancelled(connection, submissions);
        notifications.soon(Topic.WORK, "");
    }

    private void noteCancelled(Connection connection, List<Submission> submissions)
            throws SQLException {
        var cancelled = new ArrayList<Stillborn>();
        for (var each : submissions) {
            if (each.cancelReason() instanceof String reason) {
                cancelled.add(
                        new Stillborn(
                                ExecutionState.CANCELLED,
                                each.id(),
                                null,
                                each.namespace(),
                                each.type(),
                                reason));
            }
        }
        ends.noteStillborn(connection, cancelled);
    }

    private static void insertDependencies(Connection connection, List<Submission> submissions)
            throws SQLException {
        record Dependency(UUID dependsOn, Submission dependent) {}
        var dependencies =
                submissions.stream()
                        .filter(each -> each.cancelReason() == null)
                        .flatMap(
                                each ->
                                        each.waitsFor().stream()
                                                .map(id -> new Dependency(id, each)))
                        .toList();
        if (dependencies.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(DEPENDENCIES)) {
            new ArrayParameters<>(statement, 1, dependencies)
                    .add("uuid", Dependency::dependsOn)
                    .add("uuid", each -> each.dependent.id())
                    .longs(each -> each.dependent.runAt().toEpochMilli());
            statement.executeUpdate();
        }
    }

    /** Writes the replay of a submission's dead letter; returns its id. */
    public UUID insertReplay(
            Connection connection, UUID deadLetter, Instant scheduledAt, Instant now)
            throws SQLException {
        long millis = now.toEpochMilli();
        var id = UuidV7.at(millis);
        try (var statement = connection.prepareStatement(REPLAYED_SUBMISSION)) {
            statement.setObject(1, id);
            statement.setLong(2, millis);
            statement.setLong(3, headStartMillis);
            statement.setLong(4, millis);
            statement.setObject(5, deadLetter);
            statement.setObject(6, scheduledAt.atOffset(ZoneOffset.UTC));
            statement.executeUpdate();
        }
        notifications.soon(Topic.WORK, "");
        return id;
    }

    private static @Nullable Long millis(@Nullable Duration value) {
        return value == null ? null : value.toMillis();
    }

    /** Returns an array as text, since PostgreSQL has no array of arrays of different lengths. */
    private static @Nullable String arrayText(List<UUID> ids) {
        return ids.isEmpty()
                ? null
                : "{" + String.join(",", ids.stream().map(UUID::toString).toList()) + "}";
    }
}
