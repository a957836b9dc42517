package io.carillon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.intellij.lang.annotations.Language;

/**
 * How many executions a second ten remote workers claim and complete at one replica, while they
 * heartbeat. Each claims what fits and completes one by one, as a worker that does nothing would.
 */
final class RemoteCase implements BenchCase {
    private static final int WORKERS = 10;
    private static final int THREADS = 4;
    private static final int SLOTS = 64;
    private static final int BATCH = 5_000;

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");

    private static final Pattern CLAIMED =
            Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"\\s*,\\s*\"epoch\"\\s*:\\s*(\\d+)");

    @Language("SQL")
    private static final String DOUBLED =
            "select count(*) from execution where state <> 'SUCCEEDED' or epoch <> 1 or attempt <> 1";

    private record Claimed(String id, String epoch) {}

    @Override
    public String name() {
        return "remote";
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        Results.say("remote: carillon");
        int warmUp = rig.options().quick() ? 20_000 : 60_000;
        int measured = rig.options().quick() ? 20_000 : 120_000;
        try (var database = rig.server().create();
                var cluster = new CarillonSystem().start(rig, database, 1)) {
            drain(cluster.client(), warmUp);
            submit(cluster.client(), measured);
            database.settle();
            var claims = new AtomicLong();
            var meter = Meter.start(database);
            double seconds = drained(cluster.client(), measured, claims);
            var cost = meter.stop();
            if (database.number(DOUBLED) > 0) {
                throw new BenchFailure("remote: not every execution ran once");
            }
            rig.results()
                    .add(
                            new Result("remote", "carillon", 1)
                                    .with("workers", WORKERS)
                                    .with("executions", measured)
                                    .with("perSecond", measured / seconds)
                                    .with("callsPerSecond", (measured + claims.get()) / seconds)
                                    .with("perClaim", (double) measured / claims.get())
                                    .withCost(cost, measured, "Execution"));
            Statements.report(rig, database);
        }
    }

    private static void drain(CarillonClient client, int executions) {
        submit(client, executions);
        drained(client, executions, new AtomicLong());
    }

    private static void submit(CarillonClient client, int executions) {
        String one = "{\"type\":\"custom\",\"config\":{\"task\":\"bench\",\"payload\":{\"n\":1}}}";
        for (int done = 0; done < executions; done += BATCH) {
            int size = Math.min(BATCH, executions - done);
            client.submitBatch(
                    "{\"executions\":["
                            + String.join(",", IntStream.range(0, size).mapToObj(n -> one).toList())
                            + "]}",
                    size);
        }
    }

    /** How many seconds ten workers take for so many. */
    private static double drained(CarillonClient client, int executions, AtomicLong claims) {
        var left = new AtomicLong(executions);
        var isOver = new AtomicBoolean();
        long startNanos = System.nanoTime();
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var ended = new ArrayList<Future<Boolean>>();
            for (int index = 0; index < WORKERS; index++) {
                String worker = registered(client);
                Set<String> held = ConcurrentHashMap.newKeySet();
                for (int thread = 0; thread < THREADS; thread++) {
                    ended.add(threads.submit(() -> work(client, worker, held, left, claims)));
                }
                var unused = threads.submit(() -> beat(client, worker, held, isOver));
            }
            try {
                for (var each : ended) {
                    each.get();
                }
                return (System.nanoTime() - startNanos) / 1e9;
            } finally {
                isOver.set(true);
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof BenchFailure known
                    ? known
                    : new BenchFailure("a remote worker failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }

    private static String registered(CarillonClient client) {
        String answer =
                client.post(
                        "/api/v1/workers",
                        "{\"name\":\"bench\",\"tasks\":[\"bench\"],\"capacity\":10000}",
                        201);
        var id = ID.matcher(answer);
        if (!id.find()) {
            throw new BenchFailure("no id: " + answer);
        }
        return id.group(1);
    }

    private static boolean work(
            CarillonClient client,
            String worker,
            Set<String> held,
            AtomicLong left,
            AtomicLong claims) {
        while (left.get() > 0) {
            var claimed = claim(client, worker);
            claims.incrementAndGet();
            claimed.forEach(each -> held.add(each.id));
            for (var each : claimed) {
                client.post(
                        "/api/v1/executions/" + each.id + "/complete",
                        "{\"workerId\":\"%s\",\"epoch\":%s}".formatted(worker, each.epoch),
                        200);
                held.remove(each.id);
                left.decrementAndGet();
            }
        }
        return true;
    }

    private static List<Claimed> claim(CarillonClient client, String worker) {
        String answer =
                client.post(
                        "/api/v1/workers/" + worker + "/claim",
                        "{\"slots\":" + SLOTS + ",\"waitFor\":\"200ms\"}",
                        200);
        return CLAIMED.matcher(answer)
                .results()
                .map(each -> new Claimed(each.group(1), each.group(2)))
                .toList();
    }

    private static boolean beat(
            CarillonClient client, String worker, Set<String> held, AtomicBoolean isOver) {
        try {
            while (!isOver.get()) {
                String known = held.isEmpty() ? "" : "\"" + String.join("\",\"", held) + "\"";
                client.post(
                        "/api/v1/workers/" + worker + "/heartbeat",
                        "{\"executions\":[" + known + "]}",
                        200);
                Thread.sleep(1000);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
