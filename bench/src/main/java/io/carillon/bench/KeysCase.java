package io.carillon.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a key costs: two replicas on databases of their own, one that asks for keys and one that
 * does not, are called two thousand times a second in turn, and the processor time of a request is
 * compared.
 */
final class KeysCase implements BenchCase {
    private static final int PER_SECOND = 2_000;
    private static final int CLIENTS = 16;
    private static final int ROUNDS = 5;

    /** A JVM that is not warm yet differs from another by more than what is measured. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final String PATH = "/api/v1/queues";
    private static final String ADMIN_KEY = "an-admin-key-that-only-the-bench-knows";
    private static final String A_KEY =
            """
            {"name": "bench", "role": "VIEWER", "namespaces": ["default"]}
            """;
    private static final Pattern KEY = Pattern.compile("\"key\"\\s*:\\s*\"([^\"]+)\"");

    @Override
    public String name() {
        return "keys";
    }

    private record Calls(long made, double perSecond) {
        void requireRate() {
            if (perSecond < PER_SECOND * 0.97) {
                throw new BenchFailure(
                        "only %.0f of %d requests a second were answered"
                                .formatted(perSecond, PER_SECOND));
            }
        }
    }

    private record Called(CarillonClient client, Replica replica, List<Double> micros) {
        /** Calls it for a while, and adds the processor time of one request. */
        void round(Duration length, boolean counts) {
            var before = replica.processorTime();
            var calls = call(client, length);
            double each = replica.processorTime().minus(before).toNanos() / 1e3 / calls.made;
            if (counts) {
                calls.requireRate();
                micros.add(each);
            }
        }

        double median() {
            return micros.stream().sorted().skip(micros.size() / 2).findFirst().orElseThrow();
        }
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        Results.say("keys: carillon");
        var open = new CarillonSystem();
        var guarded =
                new CarillonSystem(
                        Map.of(
                                "CARILLON_WORKER_ENABLED",
                                "false",
                                "CARILLON_SECURITY_ENABLED",
                                "true",
                                "CARILLON_SECURITY_ADMIN_KEY_HASH",
                                sha256(ADMIN_KEY)));
        try (var one = rig.server().create();
                var other = rig.server().create();
                var withoutKeys = open.start(rig, one, 1);
                var withKeys = guarded.start(rig, other, 1)) {
            var made =
                    KEY.matcher(
                            withKeys.client().withKey(ADMIN_KEY).post("/api/v1/keys", A_KEY, 201));
            if (!made.find()) {
                throw new BenchFailure("The answer to a new key has no key");
            }
            var without =
                    new Called(
                            withoutKeys.client(),
                            withoutKeys.replicas().getFirst(),
                            new ArrayList<>());
            var with =
                    new Called(
                            withKeys.client().withKey(made.group(1)),
                            withKeys.replicas().getFirst(),
                            new ArrayList<>());
            for (var each : List.of(without, with)) {
                each.round(WARM_UP, false);
            }
            for (int round = 0; round < ROUNDS; round++) {
                without.round(rig.sizes().singleCreations(), true);
                with.round(rig.sizes().singleCreations(), true);
            }
            report(rig, "without keys", without, 1);
            report(rig, "with a key", with, with.median() / without.median());
        }
    }

    private static void report(Rig rig, String setting, Called called, double relative) {
        rig.results()
                .add(
                        new Result("keys", "carillon", 1)
                                .with("setting", setting)
                                .with("perSecond", (double) PER_SECOND)
                                .with("processorMicrosPerRequest", called.median())
                                .with("relativeToNoKeys", relative));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Calls at the rate, however long each call takes. */
    private static Calls call(CarillonClient client, Duration length) {
        long wanted = length.toMillis() * PER_SECOND / 1000;
        var next = new AtomicLong();
        long startNanos = System.nanoTime();
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            Callable<Boolean> calling =
                    () -> {
                        for (long call = next.getAndIncrement();
                                call < wanted;
                                call = next.getAndIncrement()) {
                            long due = startNanos + call * 1_000_000_000 / PER_SECOND;
                            while (System.nanoTime() < due) {
                                LockSupport.parkNanos(due - System.nanoTime());
                            }
                            client.read(PATH);
                        }
                        return true;
                    };
            for (var done :
                    clients.invokeAll(Stream.generate(() -> calling).limit(CLIENTS).toList())) {
                done.get();
            }
        } catch (ExecutionException failure) {
            throw new BenchFailure("calls with a key failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
        return new Calls(wanted, wanted / ((System.nanoTime() - startNanos) / 1e9));
    }
}
