package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand executions a minute of every kind, on three replicas under faults. Each that was
 * acknowledged reaches a final state, and one that its kind and the faults explain; what may run at
 * most once has reached its target at most once.
 *
 * <p>{@code -Dcarillon.soak.seconds=600} for the long form, {@code -Dcarillon.soak.seed} to repeat
 * a run.
 */
class SoakIT {
    private static final int PER_MINUTE = 10_000;
    private static final int CLIENTS = 10;
    private static final int RECURRING_JOBS = 20;
    private static final @Nullable Integer LONG_FORM = Integer.getInteger("carillon.soak.seconds");
    private static final Duration DURATION = Duration.ofSeconds(LONG_FORM == null ? 20 : LONG_FORM);
    private static final Duration FAULT_EVERY = Duration.ofSeconds(LONG_FORM == null ? 6 : 15);
    private static final long SEED = Long.getLong("carillon.soak.seed", System.nanoTime());

    /** What is submitted; {@code percent} of all. */
    private enum Kind {
        NOTHING(30),
        QUICK(40),
        AT_MOST_ONCE(10),
        FAILS_ONCE(5),
        FAILS(4),
        REFUSED(3),
        TIMES_OUT(2),
        CANCELLED(3),
        LATE(3);

        static final Map<String, Object> OFTEN = Map.of("maxAttempts", 100, "delay", "100ms");
        static final Map<String, Object> TWICE = Map.of("maxAttempts", 2, "delay", "100ms");

        final int percent;

        Kind(int percent) {
            this.percent = percent;
        }

        static Kind random(Random random) {
            int left = random.nextInt(100);
            for (var kind : values()) {
                left -= kind.percent;
                if (left < 0) {
                    return kind;
                }
            }
            throw new IllegalStateException("the kinds are not 100 percent");
        }

        Map<String, Object> submission(SoakTarget target) {
            return switch (this) {
                case NOTHING -> Map.of("type", "noop", "retry", OFTEN);
                case QUICK -> call(target.url("ok"), Map.of("retry", OFTEN));
                case AT_MOST_ONCE -> call(target.url("ok"), Map.of("delivery", "AT_MOST_ONCE"));
                case FAILS_ONCE -> call(target.url("fails-once"), Map.of("retry", OFTEN));
                case FAILS -> call(target.url("fails"), Map.of("retry", TWICE));
                case REFUSED -> call(target.url("refused"), Map.of("retry", OFTEN));
                case TIMES_OUT ->
                        call(target.url("hangs"), Map.of("retry", TWICE, "timeout", "200ms"));
                case CANCELLED -> call(target.url("hangs"), Map.of("retry", OFTEN));
                case LATE -> Map.of("type", "noop", "retry", OFTEN, "startDeadline", "1ms");
            };
        }

        private static Map<String, Object> call(String url, Map<String, Object> policies) {
            var submission = new HashMap<>(policies);
            submission.put("type", "http");
            submission.put("config", Map.of("url", url, "method", "POST"));
            return submission;
        }

        /** Whether this end is one that the kind or a fault accounts for. */
        boolean explains(End end) {
            boolean lost = end.is("FAILED", "WORKER_LOST");
            return switch (this) {
                case NOTHING, QUICK -> end.is("SUCCEEDED", null);
                case AT_MOST_ONCE -> end.attempt == 1 && (end.is("SUCCEEDED", null) || lost);
                case FAILS_ONCE -> end.is("SUCCEEDED", null) && end.attempt >= 2;
                case FAILS -> end.attempt == 2 && (end.is("FAILED", "HTTP_STATUS") || lost);
                case REFUSED -> end.is("FAILED", "HTTP_STATUS");
                case TIMES_OUT -> end.attempt == 2 && (end.is("FAILED", "TIMEOUT") || lost);
                case CANCELLED -> end.is("CANCELLED", "REQUESTED");
                case LATE -> end.is("SUCCEEDED", null) || end.is("SKIPPED", "DEADLINE");
            };
        }
    }

    /** How an execution ended; {@code why}: the code of its error, or the reason. */
    private record End(UUID id, String state, int attempt, @Nullable String why) {
        boolean is(String wantedState, @Nullable String wantedWhy) {
            return state.equals(wantedState) && (wantedWhy == null || wantedWhy.equals(why));
        }
    }

    private final Random random = new Random(SEED);
    private final AtomicInteger submitted = new AtomicInteger();
    private final Map<UUID, Kind> acknowledged = new ConcurrentHashMap<>();

    @Test
    void everyExecutionEndsAndItsEndIsExplained() throws Exception {
        System.out.printf("soak seconds=%d seed=%d%n", DURATION.toSeconds(), SEED);
        try (var postgres = new TestPostgres();
                var target = new SoakTarget();
                var cluster = new Cluster(postgres, 3).awaitReady()) {
            var recurring = recurringJobs(cluster);
            int faults = load(postgres, target, cluster);
            cluster.replaceEnded();
            cluster.awaitReady();
            try (var ledger = new Ledger(postgres)) {
                for (var job : recurring) {
                    answered(cluster, random, api -> api.post("/jobs/" + job + "/pause", "{}"));
                }
                Awaitility.await("what is left ends")
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> ledger.count(NOT_ENDED) == 0);
                check(postgres, ledger, target, faults);
            }
        }
    }

    private static final String NOT_ENDED =
            "select count(*) from execution where finished_at is null";

    private static List<String> recurringJobs(Cluster cluster) throws IOException {
        var api = new Api(cluster.replica(0));
        var ids = new ArrayList<String>();
        for (int job = 0; job < RECURRING_JOBS; job++) {
            var answer =
                    api.post(
                            "/jobs",
                            Map.of(
                                    "name",
                                    "soak-" + job,
                                    "schedule",
                                    Map.of("every", "1s"),
                                    "type",
                                    "noop",
                                    "retry",
                                    Kind.OFTEN));
            assertThat(answer.status()).isEqualTo(201);
            ids.add(answer.body().path("id").asText());
        }
        return ids;
    }

    /** Submits at an even rate while faults are inflicted; returns how many of these. */
    private int load(TestPostgres postgres, SoakTarget target, Cluster cluster) throws Exception {
        long periodNanos =
                Duration.ofMinutes(1)
                        .multipliedBy(CLIENTS)
                        .dividedBy(PER_MINUTE - 60 * RECURRING_JOBS)
                        .toNanos();
        var faults = new AtomicInteger();
        try (var clients = Executors.newScheduledThreadPool(CLIENTS + 1)) {
            var atWork = new ArrayList<ScheduledFuture<?>>();
            for (int client = 0; client < CLIENTS; client++) {
                atWork.add(
                        clients.scheduleAtFixedRate(
                                () -> submit(target, cluster),
                                client * periodNanos / CLIENTS,
                                periodNanos,
                                TimeUnit.NANOSECONDS));
            }
            atWork.add(
                    clients.scheduleAtFixedRate(
                            () -> inflict(faults.getAndIncrement(), postgres, cluster),
                            FAULT_EVERY.toNanos(),
                            FAULT_EVERY.toNanos(),
                            TimeUnit.NANOSECONDS));
            clients.schedule(() -> {}, DURATION.toNanos(), TimeUnit.NANOSECONDS).get();
            for (var one : atWork) {
                assertThat(one.isDone()).as("a client or the faults failed").isFalse();
                one.cancel(false);
            }
        }
        return faults.get();
    }

    /** A replica that loses its database while it starts ends, so each is awaited. */
    private void inflict(int fault, TestPostgres postgres, Cluster cluster) {
        int victim = random.nextInt(cluster.size());
        switch (fault % 4) {
            case 0 -> {
                cluster.killAndReplace(victim);
                cluster.replica(victim).awaitReady();
            }
            case 1 -> postgres.endSessions();
            case 2 -> postgres.restart();
            default -> {
                cluster.replica(victim).stop();
                cluster.replace(victim);
                cluster.replica(victim).awaitReady();
            }
        }
    }

    private void submit(SoakTarget target, Cluster cluster) {
        int number = submitted.getAndIncrement();
        var random = new Random(SEED + number);
        var kind = Kind.random(random);
        var id =
                UUID.fromString(
                        answered(
                                cluster,
                                random,
                                api -> api.submit(kind.submission(target), "soak-" + number)));
        acknowledged.put(id, kind);
        if (kind == Kind.CANCELLED) {
            answered(cluster, random, api -> api.post("/executions/" + id + "/cancel", "{}"));
        }
    }

    private interface Call {
        Api.Answer to(Api api) throws IOException;
    }

    /** As a client would that wants it done: asks one replica after the other until one answers. */
    private static String answered(Cluster cluster, Random random, Call call) {
        var next = new AtomicInteger(random.nextInt(cluster.size()));
        return Awaitility.await("a replica answers")
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                idFrom(
                                        cluster.replica(next.getAndIncrement() % cluster.size()),
                                        call),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Empty if the replica does not answer, or cannot do it now. */
    private static Optional<String> idFrom(Replica replica, Call call) {
        try {
            var answer = call.to(new Api(replica));
            if (answer.status() < 300) {
                return Optional.of(answer.body().path("id").asText());
            }
            assertThat(answer.status())
                    .as("the answer to a client: %s", answer.body())
                    .isGreaterThanOrEqualTo(500);
        } catch (IOException unknown) {
            // Perhaps it was done: the key of a submission makes it safe to ask again.
        }
        return Optional.empty();
    }

    private void check(TestPostgres postgres, Ledger ledger, SoakTarget target, int faults)
            throws SQLException {
        var ends = new HashMap<UUID, End>();
        for (var end : ends(postgres)) {
            ends.put(end.id, end);
        }
        var unexplained = new ArrayList<String>();
        var summary = new TreeMap<String, Integer>();
        acknowledged.forEach(
                (id, kind) -> {
                    var end = ends.get(id);
                    if (end == null || !kind.explains(end)) {
                        unexplained.add(kind + ": " + end);
                    } else {
                        summary.merge(
                                kind + " " + end.state + (end.why == null ? "" : " " + end.why),
                                1,
                                Integer::sum);
                    }
                });
        System.out.printf(
                "soak acknowledged=%d faults=%d unexplained=%d ends=%s recurring=%s%n",
                acknowledged.size(), faults, unexplained.size(), summary, recurring(ledger));
        assertThat(acknowledged.size()).isGreaterThanOrEqualTo(100);
        assertThat(unexplained).isEmpty();
        assertThat(ends.keySet()).as("submitted once each").hasSize(acknowledged.size());
        acknowledged.forEach(
                (id, kind) -> {
                    if (kind == Kind.AT_MOST_ONCE) {
                        assertThat(target.calls(id)).isLessThanOrEqualTo(1);
                    } else if (kind == Kind.QUICK) {
                        assertThat(target.calls(id)).isPositive();
                    }
                });
    }

    /** Of the recurring jobs: how many ended in which way, all of them explained. */
    private static Map<String, Long> recurring(Ledger ledger) throws SQLException {
        var ends =
                ledger.counts(
                        """
                select concat_ws(' ', state, reason), count(*) from execution where origin = 'SCHEDULE' group by 1
                """);
        assertThat(ends.keySet()).isSubsetOf("SUCCEEDED", "SKIPPED OVERLAP", "SKIPPED MISFIRE");
        return ends;
    }

    private static List<End> ends(TestPostgres postgres) throws SQLException {
        var ends = new ArrayList<End>();
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                select id, state, attempt, coalesce(reason, case state when 'FAILED' then error ->> 'code' end)
                                from execution where origin = 'SUBMIT'
                                """)) {
            while (row.next()) {
                ends.add(
                        new End(
                                row.getObject(1, UUID.class),
                                row.getString(2),
                                row.getInt(3),
                                row.getString(4)));
            }
        }
        return ends;
    }
}
