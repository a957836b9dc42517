package io.carillon.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.database.Database;
import io.carillon.json.Json;
import io.carillon.queue.QueueSample.Held;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the queues hold. Of all replicas the one that finds the last count old enough makes
 * the next, under an advisory lock; the others read it. Counting a million executions takes
 * PostgreSQL a good part of a second, so the next count waits for {@link #REST} times as long as
 * the last took: it never takes more than a small share of one of PostgreSQL's processes, however
 * much is queued.
 */
@ApplicationScoped
class QueueSampler {
    /** A count takes at most one part in so many of the time. */
    private static final int REST = 20;

    @Language("SQL")
    private static final String TRY_LOCK =
            "select pg_try_advisory_xact_lock(hashtext('carillon.queue_sample'))";

    @Language("SQL")
    private static final String IS_DUE =
            """
            select not exists (
                select from queue_sample
                where sampled_at > clock_timestamp() - greatest(?, took_ms * ?) * interval '1 millisecond')
            """;

    /** A branch for each partial index: one condition on all states would read the whole ledger. */
    @Language("SQL")
    private static final String COUNT =
            """
            insert into queue_sample (sampled_at, took_ms, counts)
            select statement_timestamp(),
                   (extract(epoch from clock_timestamp() - statement_timestamp()) * 1000)::bigint,
                   coalesce(jsonb_agg(jsonb_build_object(
                       'queue', queue, 'state', state, 'count', executions, 'oldest', oldest)), '[]')
            from (
                select queue, 'QUEUED' as state, count(*) as executions,
                       (extract(epoch from min(run_at)) * 1000)::bigint as oldest
                from execution where state = 'QUEUED' group by queue
                union all
                select queue, state, count(*), null
                from execution where state in ('SCHEDULED', 'RETRYING') group by queue, state
                union all
                select queue, 'RUNNING', count(*), null from execution where state = 'RUNNING' group by queue
                union all
                select queue, 'BLOCKED', count(*), null from execution where state = 'BLOCKED' group by queue
            ) as counted
            on conflict (sampled_at) do nothing
            """;

    @Language("SQL")
    private static final String FORGET_SAMPLES =
            "delete from queue_sample where sampled_at < clock_timestamp() - interval '10 minutes'";

    @Language("SQL")
    private static final String FORGET_ENDED =
            "delete from queue_ended where at < clock_timestamp() - interval '10 minutes'";

    @Language("SQL")
    private static final String LATEST =
            "select sampled_at, counts from queue_sample order by sampled_at desc limit 1";

    /** The one nearest to a minute before. */
    @Language("SQL")
    private static final String EARLIER =
            """
            select sampled_at, counts from queue_sample where sampled_at < ?
            order by abs(extract(epoch from ?::timestamptz - sampled_at) - 60)
            limit 1
            """;

    @Language("SQL")
    private static final String ENDED =
            "select queue, sum(ended)::bigint from queue_ended where at > ? and at <= ? group by queue";

    private final Database database;
    private final QueueTraffic traffic;
    private final QueueConfig config;
    private final QueueMetrics metrics;
    private final Json json;
    private final Loops loops;
    private final Loop loop;
    private volatile @Nullable QueueSample latest;

    private record Count(Instant at, Map<String, Held> held) {}

    QueueSampler(
            Database database,
            QueueTraffic traffic,
            QueueConfig config,
            QueueMetrics metrics,
            Json json,
            Loops loops) {
        this.database = database;
        this.traffic = traffic;
        this.config = config;
        this.metrics = metrics;
        this.json = json;
        this.loops = loops;
        this.loop = loops.background("queue-sampler", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    /** The last count; empty before the first. */
    Optional<QueueSample> latest() {
        return Optional.ofNullable(latest);
    }

    private Duration round() {
        runOnce(config.sampleEvery());
        return config.sampleEvery();
    }

    /** Counts unless that was done less than {@code every} ago, and reads the last count. */
    void runOnce(Duration every) {
        database.run(traffic::flush);
        database.inTransaction(
                connection -> {
                    boolean isDue = isTrue(connection, TRY_LOCK) && isDue(connection, every);
                    if (isDue) {
                        execute(connection, COUNT);
                        execute(connection, FORGET_SAMPLES);
                        execute(connection, FORGET_ENDED);
                    }
                    return isDue;
                });
        var read = database.with(connection -> Optional.ofNullable(read(connection)));
        latest = read.orElse(null);
        read.ifPresent(metrics::sampled);
    }

    private static boolean isDue(Connection connection, Duration every) throws SQLException {
        try (var statement = connection.prepareStatement(IS_DUE)) {
            statement.setLong(1, every.toMillis());
            statement.setInt(2, every.isZero() ? 0 : REST);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private @Nullable QueueSample read(Connection connection) throws SQLException {
        Count now;
        try (var statement = connection.prepareStatement(LATEST)) {
            now = count(statement.executeQuery());
        }
        if (now == null) {
            return null;
        }
        var at = now.at.atOffset(ZoneOffset.UTC);
        Count earlier;
        try (var statement = connection.prepareStatement(EARLIER)) {
            statement.setObject(1, at);
            statement.setObject(2, at);
            earlier = count(statement.executeQuery());
        }
        if (earlier == null) {
            return new QueueSample(now.at, now.held, null, Map.of(), Duration.ZERO);
        }
        var totals = new HashMap<String, Long>();
        earlier.held.forEach((queue, held) -> totals.put(queue, held.total()));
        var ended = ended(connection, earlier.at, now.at);
        return new QueueSample(
                now.at, now.held, totals, ended, Duration.between(earlier.at, now.at));
    }

    private static Map<String, Long> ended(Connection connection, Instant from, Instant to)
            throws SQLException {
        var ended = new HashMap<String, Long>();
        try (var statement = connection.prepareStatement(ENDED)) {
            statement.setObject(1, from.atOffset(ZoneOffset.UTC));
            statement.setObject(2, to.atOffset(ZoneOffset.UTC));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ended.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return ended;
    }

    private @Nullable Count count(java.sql.ResultSet row) throws SQLException {
        try (row) {
            if (!row.next()) {
                return null;
            }
            var states = new HashMap<String, Map<String, Long>>();
            var oldest = new HashMap<String, Instant>();
            for (JsonNode each : json.tree(row.getString(2))) {
                String queue = each.get("queue").textValue();
                states.computeIfAbsent(queue, name -> new HashMap<>())
                        .put(each.get("state").textValue(), each.get("count").longValue());
                if (each.get("oldest").isNumber()) {
                    oldest.put(queue, Instant.ofEpochMilli(each.get("oldest").longValue()));
                }
            }
            var held = new HashMap<String, Held>();
            states.forEach(
                    (queue, byState) -> held.put(queue, new Held(byState, oldest.get(queue))));
            return new Count(row.getObject(1, OffsetDateTime.class).toInstant(), held);
        }
    }

    private static boolean isTrue(Connection connection, @Language("SQL") String sql)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql);
                var row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void execute(Connection connection, @Language("SQL") String sql)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
