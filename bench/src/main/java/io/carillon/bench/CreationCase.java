package io.carillon.bench;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How fast jobs are created over HTTP: in batches by one client, from a cold start, and one by one
 * by several, after a warm-up of its own.
 */
final class CreationCase implements BenchCase {
    private static final int BATCH = 10_000;
    private static final int CLIENTS = 16;

    @Override
    public String name() {
        return "creation";
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        Results.say("creation: carillon");
        try (var database = rig.server().create();
                var cluster = new CarillonSystem().start(rig, database, 1)) {
            var client = cluster.client();
            int created = inBatches(rig, database, client);
            var warmUp = new AtomicInteger();
            oneByOne(client, "warm-up", rig.sizes().creationWarmUp(), warmUp);
            created += warmUp.get();
            created += oneByOne(rig, database, client);
            verify(database, created);
            Statements.report(rig, database);
        }
    }

    private static int inBatches(Rig rig, Database database, CarillonClient client) {
        int count = rig.sizes().batchCreations();
        var bodies = IntStream.range(0, count / BATCH).mapToObj(CreationCase::batch).toList();
        var meter = Meter.start(database);
        long startNanos = System.nanoTime();
        bodies.forEach(client::createBatch);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        rig.results()
                .add(
                        new Result("creation-batch", "carillon", 1)
                                .with("jobs", count)
                                .with("seconds", seconds)
                                .with("perSecond", count / seconds)
                                .withCost(meter.stop(), count, "Job"));
        return count;
    }

    private static int oneByOne(Rig rig, Database database, CarillonClient client) {
        var created = new AtomicInteger();
        var meter = Meter.start(database);
        double seconds = oneByOne(client, "single", rig.sizes().singleCreations(), created);
        rig.results()
                .add(
                        new Result("creation-single", "carillon", 1)
                                .with("jobs", created.get())
                                .with("clients", CLIENTS)
                                .with("seconds", seconds)
                                .with("perSecond", created.get() / seconds)
                                .withCost(meter.stop(), created.get(), "Job"));
        return created.get();
    }

    private static double oneByOne(
            CarillonClient client, String prefix, Duration length, AtomicInteger created) {
        long startNanos = System.nanoTime();
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            Callable<Boolean> creating =
                    () -> {
                        while (System.nanoTime() - startNanos < length.toNanos()) {
                            client.create(job(prefix + "-" + created.incrementAndGet()));
                        }
                        return true;
                    };
            for (var done :
                    clients.invokeAll(Stream.generate(() -> creating).limit(CLIENTS).toList())) {
                done.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof BenchFailure known
                    ? known
                    : new BenchFailure("Jobs could not be created", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static void verify(Database database, int created) {
        long jobs = database.number("select count(*) from job");
        long triggers =
                database.number(
                        "select count(*) from qrtz_triggers t join job j on j.id::text = t.trigger_name");
        if (jobs != created || triggers != created) {
            throw new BenchFailure(
                    "%d jobs were created, but there are %d jobs and %d triggers"
                            .formatted(created, jobs, triggers));
        }
    }

    private static String batch(int number) {
        return IntStream.range(0, BATCH)
                .mapToObj(index -> job("batch-%d-%d".formatted(number, index)))
                .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));
    }

    private static String job(String name) {
        return """
               {"name": "%s", "type": "noop", "schedule": {"cron": "0 3 * * *", "timeZone": "Europe/Paris"},
                "labels": {"team": "bench"}}
               """
                .formatted(name);
    }
}
