package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carillon.support.Manifests;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Three replicas under load are replaced one after the other, as the manifests say. */
class RollingUpdateIT {
    private static final int REPLICAS = 3;
    private static final int BELLS = 20;
    private static final long CLIENT_PERIOD_MILLIS = 100;
    private static final long EVERY_MILLIS = 1000;

    /** Shorter than {@link #LONG_SLEEP}, so that executions are given back. */
    private static final String GRACE = "2s";

    /** Longer than a pod takes from SIGTERM to its end, so that one it runs then is given back. */
    private static final String LONG_SLEEP = "9s";

    /**
     * By how much a replica's stop may delay a firing's start: a second, and another where replicas
     * that start share two slow processors with the load.
     */
    private static final Duration PROMISE = Duration.ofSeconds(2);

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void nothingIsLostDoubledOrLateAndNoRequestFails() throws Exception {
        var deployment = deployment();
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres);
                var rollout = new Rollout(deployment);
                var stalls = new Stalls(postgres)) {
            var pods = new ArrayList<Rollout.Pod>();
            for (int index = 0; index < REPLICAS; index++) {
                pods.add(rollout.run(Replica.start(postgres, environment(), List.of())));
            }
            pods.forEach(rollout::awaitReady);
            var bells = createBells(rollout.next());

            var ended = new ArrayList<CompletableFuture<Void>>();
            var load = new Load(rollout);
            try (load) {
                load.start();
                Awaitility.await()
                        .until(() -> ledger.states().getOrDefault("SUCCEEDED", 0L) > 2 * BELLS);
                for (var pod : pods) {
                    var replacement =
                            rollout.run(Replica.start(postgres, environment(), List.of()));
                    rollout.awaitAvailable(replacement);
                    ended.add(rollout.terminate(pod));
                }
                ended.forEach(CompletableFuture::join);
            }
            var until = ledger.now();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> isSettled(ledger, bells, until));
            print(ledger, load, stalls);

            assertThat(load.failures()).as("requests that failed").isEmpty();
            assertThat(pods)
                    .as("kept connections went on after SIGTERM")
                    .allMatch(pod -> pod.answersWhileItEnds() > 0);
            assertNothingIsLostOrDoubled(ledger, bells, load, until);
            assertNoAttemptIsBurned(ledger, until);
            assertThat(lateStarts(postgres, stalls)).isEmpty();
        }
    }

    private static void assertNothingIsLostOrDoubled(
            Ledger ledger, List<Plan> bells, Load load, Instant until) throws SQLException {
        for (var bell : bells) {
            var rows =
                    ledger.rows(bell.jobId()).stream()
                            .filter(row -> !row.scheduledAt().isAfter(until))
                            .toList();
            assertThat(bell.check(rows, until)).isEmpty();
        }
        assertThat(load.submitted()).isNotEmpty().doesNotHaveDuplicates();
        assertThat(ledger.count("select count(*) from execution where origin = 'SUBMIT'"))
                .as("submissions, of which every one was answered")
                .isEqualTo(load.submitted().size());
        assertThat(
                        ledger.count(
                                upTo(
                                        until,
                                        "select count(*) from execution where state <> 'SUCCEEDED'")))
                .as("executions that did not succeed")
                .isZero();
    }

    private static void assertNoAttemptIsBurned(Ledger ledger, Instant until) throws SQLException {
        assertThat(
                        ledger.count(
                                upTo(
                                        until,
                                        "select count(*) from execution where (attempt <> 1 or errors is not null)")))
                .as("executions with a second attempt or an error")
                .isZero();
        assertThat(ledger.count("select count(*) from execution where epoch > attempt"))
                .as("executions that were given back")
                .isPositive();
    }

    private static boolean isSettled(Ledger ledger, List<Plan> bells, Instant until)
            throws SQLException {
        for (var bell : bells) {
            var rows = ledger.rows(bell.jobId());
            if (rows.isEmpty() || !rows.getLast().scheduledAt().isAfter(until)) {
                return false;
            }
        }
        return ledger.count(upTo(until, "select count(*) from execution where finished_at is null"))
                == 0;
    }

    /** Jobs go on: what they plan later is not looked at. */
    private static String upTo(Instant until, String query) {
        return query + " and scheduled_at <= '" + until + "'";
    }

    /** From planned instant to claim, by PostgreSQL's clock. */
    private static Duration startDelay(Ledger ledger, double quantile) throws SQLException {
        return Duration.ofMillis(
                ledger.count(
                        """
                        select (1000 * percentile_disc(%s) within group (
                            order by extract(epoch from started_at - scheduled_at)))::bigint
                        from execution where origin = 'SCHEDULE'
                        """
                                .formatted(quantile)));
    }

    /**
     * Firings that started later than promised, and how late: what the machine stood still
     * meanwhile is no replica's.
     */
    private static List<String> lateStarts(TestPostgres postgres, Stalls stalls)
            throws SQLException {
        var late = new ArrayList<String>();
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                select job_id, scheduled_at, started_at from execution
                                where origin = 'SCHEDULE' and started_at > scheduled_at + interval '%d ms'
                                """
                                        .formatted(PROMISE.toMillis()))) {
            while (row.next()) {
                var scheduledAt = row.getObject(2, OffsetDateTime.class).toInstant();
                var startedAt = row.getObject(3, OffsetDateTime.class).toInstant();
                var delay = Duration.between(scheduledAt, startedAt);
                var own = delay.minus(stalls.between(scheduledAt, startedAt));
                if (own.compareTo(PROMISE) > 0) {
                    late.add(
                            "job %s at %s: %s, of which its own %s"
                                    .formatted(row.getString(1), scheduledAt, delay, own));
                }
            }
        }
        return late;
    }

    private static void print(Ledger ledger, Load load, Stalls stalls) throws SQLException {
        System.out.printf(
                "rolled %d replicas: %d requests, slowest %s; %d executions, given back %d;"
                        + " start delay of firings p50 %s p99 %s max %s; machine stood still for up to %s%n",
                REPLICAS,
                load.requests(),
                load.slowest(),
                ledger.count("select count(*) from execution"),
                ledger.count("select count(*) from execution where epoch > attempt"),
                startDelay(ledger, 0.5),
                startDelay(ledger, 0.99),
                startDelay(ledger, 1),
                stalls.longest());
    }

    private static List<Plan> createBells(Rollout.Pod pod) throws Exception {
        var bells = new ArrayList<Plan>();
        try (var connection = pod.connect()) {
            for (int index = 0; index < BELLS; index++) {
                var job =
                        JSON.readTree(
                                connection
                                        .send(
                                                "POST",
                                                "/api/v1/jobs",
                                                """
                                                {"name": "bell-%d", "schedule": {"every": "%dms"},
                                                 "type": "noop", "overlap": "ALLOW"}
                                                """
                                                        .formatted(index, EVERY_MILLIS))
                                        .body());
                bells.add(
                        new Plan(
                                UUID.fromString(job.path("id").asText()),
                                Instant.parse(job.path("createdAt").asText()),
                                EVERY_MILLIS));
            }
        }
        return bells;
    }

    private static Deployment deployment() {
        return (Deployment)
                Manifests.read(Manifests.FOLDER.resolve("base/deployment.yaml")).getFirst();
    }

    /** As the base configures a replica, but for the database and a shorter grace. */
    private static Map<String, String> environment() {
        var properties = new Properties();
        try (var file = Files.newBufferedReader(Manifests.FOLDER.resolve("base/config.env"))) {
            properties.load(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        var environment = new HashMap<String, String>();
        properties.forEach((key, value) -> environment.put(key.toString(), value.toString()));
        environment.put("CARILLON_WORKER_GRACE", GRACE);
        return environment;
    }

    /** Clients that submit and read, each at its own pace, until closed. */
    private static final class Load implements AutoCloseable {
        private final ScheduledExecutorService pace =
                Executors.newScheduledThreadPool(2 * REPLICAS);
        private final List<Client> clients = new ArrayList<>();
        private final Queue<String> submitted = new ConcurrentLinkedQueue<>();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicLong requests = new AtomicLong();
        private final AtomicLong slowestNanos = new AtomicLong();

        Load(Rollout rollout) throws IOException {
            // One after the other, before anyone else: a kept connection leads to each replica.
            for (int index = 0; index < REPLICAS; index++) {
                begin(new Client(rollout, this, true));
            }
            for (int index = 0; index < REPLICAS; index++) {
                begin(new Client(rollout, this, false));
            }
        }

        private void begin(Client client) throws IOException {
            client.connect();
            clients.add(client);
        }

        void start() {
            for (var client : clients) {
                var _ =
                        pace.scheduleAtFixedRate(
                                client::callOnce, 0, CLIENT_PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        Queue<String> failures() {
            return failures;
        }

        Queue<String> submitted() {
            return submitted;
        }

        long requests() {
            return requests.get();
        }

        Duration slowest() {
            return Duration.ofNanos(slowestNanos.get()).truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public void close() {
            pace.close();
        }
    }

    /** Keeps its connection until the replica closes it, or takes a new one for each request. */
    private static final class Client {
        private final Rollout rollout;
        private final Load load;
        private final boolean keepsItsConnection;
        private Rollout.@Nullable Pod pod;
        private @Nullable KeptConnection connection;
        private String lastSubmitted = "";
        private int calls;

        Client(Rollout rollout, Load load, boolean keepsItsConnection) {
            this.rollout = rollout;
            this.load = load;
            this.keepsItsConnection = keepsItsConnection;
        }

        void callOnce() {
            calls++;
            long startedNanos = System.nanoTime();
            try {
                if (calls % 2 == 1) {
                    String sleep = calls % 10 == 1 ? LONG_SLEEP : "0s";
                    lastSubmitted =
                            call(
                                            "POST",
                                            "/api/v1/executions",
                                            "{\"type\": \"noop\", \"config\": {\"sleep\": \"%s\"}}"
                                                    .formatted(sleep),
                                            202)
                                    .path("id")
                                    .asText();
                    load.submitted.add(lastSubmitted);
                } else {
                    call("GET", "/api/v1/executions/" + lastSubmitted, "", 200);
                }
            } catch (IOException | RuntimeException failure) {
                load.failures.add(
                        (keepsItsConnection ? "kept connection, " : "new connection, ") + failure);
                connection = null;
            }
            load.requests.incrementAndGet();
            load.slowestNanos.accumulateAndGet(System.nanoTime() - startedNanos, Math::max);
        }

        void connect() throws IOException {
            pod = rollout.next();
            connection = pod.connect();
        }

        private JsonNode call(String method, String path, String body, int expected)
                throws IOException {
            if (pod == null || connection == null) {
                connect();
            }
            var answer = connection.send(method, path, body);
            if (answer.status() != expected) {
                throw new IOException(method + " " + path + ": " + answer);
            }
            pod.answered();
            if (!keepsItsConnection || !connection.isOpen()) {
                connection.close();
                connection = null;
            }
            return JSON.readTree(answer.body());
        }
    }
}
