package io.carillon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * How long after an execution has ended, on one replica, the readers of a stream on another are
 * told. An event's time is PostgreSQL's in the transaction that ended it, so the commit is in it.
 */
final class EventsCase implements BenchCase {
    private static final List<Integer> READERS = List.of(1, 100, 1_000);
    private static final int PER_SECOND = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");

    @Override
    public String name() {
        return "events";
    }

    @Override
    public void run(Rig rig) {
        for (int readers : READERS) {
            Results.say("events: %d readers", readers);
            try (var database = rig.server().create();
                    var cluster = new CarillonSystem(Map.of()).start(rig, database, 2)) {
                measure(rig, cluster, readers);
            }
        }
    }

    private static void measure(Rig rig, CarillonCluster cluster, int readers) {
        int events = PER_SECOND * Math.toIntExact(rig.sizes().steady().toSeconds());
        var delays = new ConcurrentLinkedQueue<Long>();
        var reading = new AtomicInteger();
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int reader = 0; reader < readers; reader++) {
                threads.execute(() -> read(cluster.clients().get(1), reading, delays));
            }
            require(Await.until(PATIENCE, () -> reading.get() == readers), "readers did not begin");
            var pace = Executors.newSingleThreadScheduledExecutor();
            try (pace) {
                var submitted = new AtomicInteger();
                var submitting =
                        pace.scheduleAtFixedRate(
                                () -> {
                                    cluster.client().submit("{\"type\":\"noop\"}");
                                    submitted.incrementAndGet();
                                },
                                0,
                                1000 / PER_SECOND,
                                TimeUnit.MILLISECONDS);
                boolean isSubmitted = Await.until(PATIENCE, () -> submitted.get() >= events);
                submitting.cancel(false);
                require(isSubmitted, "executions were not submitted");
                int expected = submitted.get() * readers;
                require(
                        Await.until(PATIENCE, () -> delays.size() >= expected),
                        "not every reader was told of everything");
            }
            report(rig, readers, delays);
        } finally {
            // They read until the replica ends.
            threads.shutdownNow();
        }
    }

    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new BenchFailure("events: " + otherwise);
        }
    }

    private static void report(Rig rig, int readers, Queue<Long> delays) {
        long[] millis = delays.stream().mapToLong(Long::longValue).sorted().toArray();
        rig.results()
                .add(
                        new Result("events", "carillon", 2)
                                .with("setting", readers + " readers")
                                .with("told", millis.length)
                                .with("p50Ms", millis[millis.length / 2])
                                .with("p99Ms", millis[millis.length * 99 / 100])
                                .with("maxMs", Arrays.stream(millis).max().orElse(0)));
    }

    private static void read(CarillonClient client, AtomicInteger reading, Queue<Long> delays) {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                client.follow("/api/v1/events?kind=execution.succeeded"),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("retry:")) {
                    reading.incrementAndGet();
                }
                var at = AT.matcher(line);
                if (at.find()) {
                    delays.add(
                            System.currentTimeMillis() - Instant.parse(at.group(1)).toEpochMilli());
                }
            }
        } catch (IOException ended) {
            // The replica has ended, or the case has.
        }
    }
}
