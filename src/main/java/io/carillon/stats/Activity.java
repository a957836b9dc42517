package io.carillon.stats;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.intellij.lang.annotations.Language;

/**
 * Adds what this replica's meters have counted to the table {@code activity}, every ten seconds and
 * when it stops. What cannot be stored is added later; a killed replica loses ten seconds at most.
 */
@ApplicationScoped
class Activity {
    /** Planned instants that became executions. */
    static final String FIRED = "FIRED";

    /** Planned instants that were skipped. */
    static final String SKIPPED = "SKIPPED";

    /** Start delays by the upper bound of their bucket, in nanoseconds. */
    static final String DELAY = "DELAY";

    /** Prefixes the state in which attempts ended; the name is the type. */
    static final String ENDED = "ENDED_";

    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** Sorted, so that replicas lock the rows of a minute in the same order. */
    @Language("SQL")
    private static final String ADD =
            """
            insert into activity (minute, kind, name, count)
            select date_trunc('minute', clock_timestamp()), kind, name, count
            from unnest(?::varchar[], ?::varchar[], ?::bigint[]) as counted (kind, name, count)
            order by kind, name
            on conflict (minute, kind, name) do update set count = activity.count + excluded.count
            """;

    /** A day is shown, so an hour more is kept. */
    @Language("SQL")
    private static final String FORGET =
            "delete from activity where minute < clock_timestamp() - interval '25 hours'";

    private final Database database;
    private final MeterRegistry registry;
    private final Loops loops;
    private final Loop loop;
    private Map<Key, Long> stored = Map.of();

    /** Names a count. */
    private record Key(String kind, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byKind = kind.compareTo(other.kind);
            return byKind == 0 ? name.compareTo(other.name) : byKind;
        }
    }

    Activity(@BackgroundPool Database database, MeterRegistry registry, Loops loops) {
        this.database = database;
        this.registry = registry;
        this.loops = loops;
        this.loop =
                loops.background(
                        "activity",
                        () -> {
                            store();
                            return PERIOD;
                        });
    }

    void start(@Observes @Priority(StartOrder.SAMPLE) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.wake();
        loop.stop();
    }

    /** Stores what was counted since the last call that succeeded. */
    synchronized void store() {
        var counted = counted();
        var added = new TreeMap<Key, Long>();
        counted.forEach(
                (key, count) -> {
                    long more = count - stored.getOrDefault(key, 0L);
                    if (more > 0) {
                        added.put(key, more);
                    }
                });
        database.inTransaction(
                connection -> {
                    if (!added.isEmpty()) {
                        add(connection, added);
                    }
                    try (var statement = connection.prepareStatement(FORGET)) {
                        return statement.executeUpdate();
                    }
                });
        stored = counted;
    }

    private static void add(Connection connection, Map<Key, Long> added) throws SQLException {
        try (var statement = connection.prepareStatement(ADD)) {
            var keys = added.keySet();
            statement.setArray(
                    1, connection.createArrayOf("varchar", keys.stream().map(Key::kind).toArray()));
            statement.setArray(
                    2, connection.createArrayOf("varchar", keys.stream().map(Key::name).toArray()));
            statement.setArray(3, connection.createArrayOf("bigint", added.values().toArray()));
            statement.executeUpdate();
        }
    }

    private Map<Key, Long> counted() {
        var counted = new HashMap<Key, Long>();
        for (var counter : registry.find("carillon.firings").counters()) {
            counted.merge(new Key(FIRED, ""), whole(counter), Long::sum);
        }
        for (var counter : registry.find("carillon.firings.skipped").counters()) {
            counted.merge(new Key(SKIPPED, ""), whole(counter), Long::sum);
        }
        for (var timer : registry.find("carillon.attempt").timers()) {
            String outcome = ENDED + timer.getId().getTag("outcome");
            String type = String.valueOf(timer.getId().getTag("type"));
            counted.merge(new Key(outcome, type), timer.count(), Long::sum);
        }
        for (var timer : registry.find("carillon.execution.start.delay").timers()) {
            addDelays(timer, counted);
        }
        return counted;
    }

    private static long whole(Counter counter) {
        return Math.round(counter.count());
    }

    /**
     * The counts of a snapshot are cumulative: each includes all shorter delays. Those longer than
     * the last bound, half a minute, count as that long.
     */
    private static void addDelays(Timer timer, Map<Key, Long> counted) {
        long shorter = 0;
        String bound = "";
        for (var bucket : timer.takeSnapshot().histogramCounts()) {
            long upTo = Math.round(bucket.count());
            double nanos = bucket.bucket(TimeUnit.NANOSECONDS);
            bound = Double.isInfinite(nanos) ? bound : Long.toString(Math.round(nanos));
            counted.merge(new Key(DELAY, bound), upTo - shorter, Long::sum);
            shorter = upTo;
        }
        if (timer.count() > shorter && !bound.isEmpty()) {
            counted.merge(new Key(DELAY, bound), timer.count() - shorter, Long::sum);
        }
    }
}
