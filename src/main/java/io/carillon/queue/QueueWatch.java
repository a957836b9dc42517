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
 * Reads the last count of what queues hold, on every replica, for statistics and metrics; stores
 * how many executions ended on this replica. {@link QueueCounts} makes the counts, on one replica
 * for all.
 */
@ApplicationScoped
class QueueWatch {
    @Language("SQL")
    private static final String LATEST =
            "select sampled_at, counts from queue_sample order by sampled_at desc limit 1";

    /** The count nearest to one minute before. */
    @Language("SQL")
    private static final String EARLIER =
            """
            select sampled_at, counts from queue_sample where sampled_at < ?
            order by abs(extract(epoch from ?::timestamptz - sampled_at) - 60)
            limit 1
            """;

    @Language("SQL")
    private static final String ENDED =
            """
            select namespace, queue, sum(ended)::bigint from queue_ended where at > ? and at <= ?
            group by namespace, queue
            """;

    private final Database database;
    private final QueueTraffic traffic;
    private final QueueConfig config;
    private final QueueMetrics metrics;
    private final Json json;
    private final Loops loops;
    private final Loop loop;
    private volatile @Nullable QueueSample latest;

    private record Count(Instant at, Map<QueueKey, Held> held) {}

    QueueWatch(
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

    /** Returns the last count; empty before the first. */
    Optional<QueueSample> latest() {
        return Optional.ofNullable(latest);
    }

    private Duration round() {
        runOnce();
        return config.sampleEvery();
    }

    /** Stores how many executions ended here, and reads the last count. */
    void runOnce() {
        database.run(traffic::flush);
        var read = database.with(connection -> Optional.ofNullable(read(connection)));
        latest = read.orElse(null);
        read.ifPresent(metrics::sampled);
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
        var totals = new HashMap<QueueKey, Long>();
        earlier.held.forEach((queue, held) -> totals.put(queue, held.total()));
        var ended = ended(connection, earlier.at, now.at);
        return new QueueSample(
                now.at, now.held, totals, ended, Duration.between(earlier.at, now.at));
    }

    private static Map<QueueKey, Long> ended(Connection connection, Instant from, Instant to)
            throws SQLException {
        var ended = new HashMap<QueueKey, Long>();
        try (var statement = connection.prepareStatement(ENDED)) {
            statement.setObject(1, from.atOffset(ZoneOffset.UTC));
            statement.setObject(2, to.atOffset(ZoneOffset.UTC));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ended.put(new QueueKey(row.getString(1), row.getString(2)), row.getLong(3));
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
            var states = new HashMap<QueueKey, Map<String, Long>>();
            var oldest = new HashMap<QueueKey, Instant>();
            for (JsonNode each : json.tree(row.getString(2))) {
                var queue =
                        new QueueKey(
                                each.get("namespace").textValue(), each.get("queue").textValue());
                states.computeIfAbsent(queue, name -> new HashMap<>())
                        .put(each.get("state").textValue(), each.get("count").longValue());
                if (each.get("oldest").isNumber()) {
                    oldest.put(queue, Instant.ofEpochMilli(each.get("oldest").longValue()));
                }
            }
            var held = new HashMap<QueueKey, Held>();
            states.forEach(
                    (queue, byState) -> held.put(queue, new Held(byState, oldest.get(queue))));
            return new Count(row.getObject(1, OffsetDateTime.class).toInstant(), held);
        }
    }
}
