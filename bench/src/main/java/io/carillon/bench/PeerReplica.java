package io.carillon.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A process with one peer, told by lines what to do and answering each with one. It ends with its
 * input, and so with the bench.
 */
final class PeerReplica {
    /** Connections a peer needs beside those of its threads. */
    private static final int OTHER_CONNECTIONS = 8;

    private final Peer peer;
    private @Nullable Feeder feeder;

    private PeerReplica(Peer peer) {
        this.peer = peer;
    }

    /** Arguments: a name, URL and user, the peer's name, and what it makes of the others. */
    public static void main(String[] arguments) throws IOException {
        int threads = Integer.parseInt(arguments[4]);
        var pool = new HikariConfig();
        pool.setJdbcUrl(arguments[1]);
        pool.setUsername(arguments[2]);
        pool.setMaximumPoolSize(threads + OTHER_CONNECTIONS);
        var dataSource = new HikariDataSource(pool);
        var replica =
                new PeerReplica(
                        switch (arguments[3]) {
                            case DbSchedulerPeer.NAME ->
                                    new DbSchedulerPeer(
                                            dataSource,
                                            arguments[0],
                                            threads,
                                            Double.parseDouble(arguments[5]),
                                            Double.parseDouble(arguments[6]),
                                            Duration.ofMillis(Long.parseLong(arguments[7])));
                            case JobRunrPeer.NAME -> new JobRunrPeer(dataSource, threads);
                            default -> throw new IllegalArgumentException(arguments[3]);
                        });
        say("ready");
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                say(replica.answer(List.of(line.split(" ", -1))));
            } catch (RuntimeException failure) {
                failure.printStackTrace();
                System.exit(1);
            }
        }
        System.exit(0);
    }

    private String answer(List<String> line) {
        long[] numbers = line.stream().skip(1).mapToLong(Long::parseLong).toArray();
        return switch (line.getFirst()) {
            case "prototype" -> done(peer::storePrototype);
            case "start" -> done(peer::start);
            case "mark" -> done(PeerHandler::mark);
            case "executed" -> Long.toString(PeerHandler.executed());
            case "first" -> Long.toString(PeerHandler.firstStartMillis());
            case "submit" -> done(() -> peer.submitBatch((int) numbers[0]));
            case "feed" -> done(() -> feed(numbers[0], numbers[1]));
            case "fed" -> done(() -> feeder().awaitAll());
            case "stop" -> Long.toString(feeder().stop());
            case "schedule" -> done(() -> schedule((int) numbers[0], (int) numbers[1], numbers[2]));
            case "delays" -> delays(numbers[0]);
            default -> throw new IllegalArgumentException(line.getFirst());
        };
    }

    private void feed(long limit, long backlog) {
        feeder = Feeder.start(peer::submitBatch, PeerHandler::executed, limit, backlog);
    }

    private Feeder feeder() {
        if (feeder == null) {
            throw new IllegalStateException("nothing is fed");
        }
        return feeder;
    }

    private void schedule(int count, int perSecond, long firstMillis) {
        for (int from = 0; from < count; from += Feeder.BATCH) {
            int size = Math.min(Feeder.BATCH, count - from);
            peer.scheduleBatch(
                    IntStream.range(from, from + size)
                            .mapToObj(index -> firstMillis + index * 1000L / perSecond)
                            .toList());
        }
    }

    /** How many, the least, the median, the 99th percentile and the most. */
    private static String delays(long fromDueMillis) {
        double[] sorted = PeerHandler.delaysSince(fromDueMillis);
        if (sorted.length == 0) {
            return "0 0 0 0 0";
        }
        return "%d %s %s %s %s"
                .formatted(
                        sorted.length,
                        sorted[0],
                        sorted[rank(sorted.length, 0.5)],
                        sorted[rank(sorted.length, 0.99)],
                        sorted[sorted.length - 1]);
    }

    /** As PostgreSQL's percentile_disc. */
    private static int rank(int count, double share) {
        return (int) Math.ceil(share * count) - 1;
    }

    private static String done(Runnable action) {
        action.run();
        return "done";
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
