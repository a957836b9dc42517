package io.carillon.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.intellij.lang.annotations.Language;

/**
 * How many requests a second the endpoints that clients call most answer, warm, with 32 clients and
 * a ledger of thirty days. Listing queues is one small statement: what the others make in
 * proportion to it holds on a busy machine as well.
 */
final class ApiCase implements BenchCase {
    private static final int CLIENTS = 32;
    private static final int JOBS = 100;

    @Language("SQL")
    private static final String MAKE_DAYS =
            """
            select count(execution_make_partition((now() at time zone 'UTC')::date - ago))
            from generate_series(2, 30) as ago
            """;

    private record Endpoint(String name, String path, String body) {
        static Endpoint get(String path) {
            return new Endpoint("GET " + path.replaceAll("[0-9a-f-]{36}", "{id}"), path, "");
        }
    }

    @Override
    public String name() {
        return "api";
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        Results.say("api: carillon");
        try (var database = rig.server().create();
                var cluster = new CarillonSystem().start(rig, database, 1)) {
            var client = cluster.client();
            database.number(MAKE_DAYS);
            for (int job = 1; job <= JOBS; job++) {
                client.create(
                        """
                        {"name": "job-%d", "type": "noop", "schedule": {"cron": "0 3 * * *"}, "labels": {"team": "bench"}}
                        """
                                .formatted(job));
            }
            String id = database.row("select min(id::text) from job", row -> row.getString(1));
            database.settle();
            var endpoints =
                    List.of(
                            Endpoint.get("/api/v1/queues"),
                            Endpoint.get("/api/v1/jobs/" + id),
                            Endpoint.get("/api/v1/jobs"),
                            new Endpoint(
                                    "POST /api/v1/executions",
                                    "/api/v1/executions",
                                    "{\"type\":\"noop\"}"));
            for (var endpoint : endpoints) {
                perSecond(client, endpoint, rig.sizes().creationWarmUp());
            }
            double queues = 0;
            for (var endpoint : endpoints) {
                var meter = Meter.start(database);
                double perSecond = perSecond(client, endpoint, rig.sizes().singleCreations());
                queues = queues == 0 ? perSecond : queues;
                long requests = Math.round(perSecond * rig.sizes().singleCreations().toSeconds());
                rig.results()
                        .add(
                                new Result("api", "carillon", 1)
                                        .with("setting", endpoint.name)
                                        .with("clients", CLIENTS)
                                        .with("perSecond", perSecond)
                                        .with("relativeToQueues", perSecond / queues)
                                        .withCost(meter.stop(), requests, "Request"));
            }
            Statements.report(rig, database);
        }
    }

    private static double perSecond(CarillonClient client, Endpoint endpoint, Duration length) {
        var requests = new AtomicLong();
        long startNanos = System.nanoTime();
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            Callable<Boolean> calling =
                    () -> {
                        while (System.nanoTime() - startNanos < length.toNanos()) {
                            if (endpoint.body.isEmpty()) {
                                client.read(endpoint.path);
                            } else {
                                client.submit(endpoint.body);
                            }
                            requests.incrementAndGet();
                        }
                        return true;
                    };
            for (var done :
                    clients.invokeAll(Stream.generate(() -> calling).limit(CLIENTS).toList())) {
                done.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof BenchFailure known
                    ? known
                    : new BenchFailure(endpoint.name + " failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
        return requests.get() / ((System.nanoTime() - startNanos) / 1e9);
    }
}
