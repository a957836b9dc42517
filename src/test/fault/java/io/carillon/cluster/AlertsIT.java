package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carillon.support.HttpTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rules tell when replicas are killed, and when very much fails at once. */
class AlertsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int JOBS = 100;
    private static final int RUNS = 100;

    @Test
    void aFailureIsToldAlthoughItsReplicaIsKilledBeforeItTells() throws Exception {
        try (var postgres = new TestPostgres();
                var hook = HttpTarget.start().holdsItsAnswers();
                var ledger = new Ledger(postgres)) {
            try (var first = Replica.start(postgres).awaitReady()) {
                var api = new Api(first);
                rule(api, hook, Map.of("failuresInARow", 1));
                var job = failingJob(api, "fails");
                assertThat(api.post("/jobs/" + job + "/trigger", Map.of()).status()).isEqualTo(202);
                await().pollInterval(Duration.ofMillis(5))
                        .until(
                                () ->
                                        ledger.count(
                                                        "select count(*) from execution where type = 'noop' and state = 'FAILED'")
                                                == 1);
                first.kill();
            }
            hook.letGo(10);

            try (var second = Replica.start(postgres).awaitReady()) {
                await().atMost(PATIENCE).until(() -> delivered(ledger) == 1);
                assertThat(second.isReady()).isTrue();
                assertThat(hook.calls()).as("once, or twice with one id").hasSizeBetween(1, 2);
                assertThat(
                                hook.calls().stream()
                                        .map(each -> each.headers().get("Idempotency-Key"))
                                        .distinct())
                        .hasSize(1);
                assertThat(told(hook, 0).at("/events/0/kind").asText()).isEqualTo("FAILED");
            }
        }
    }

    @Test
    void aReplicaThatIsKilledIsToldOnceByAnother() throws Exception {
        try (var postgres = new TestPostgres();
                var hook = HttpTarget.start();
                var first = Replica.start(postgres).awaitReady();
                var second = Replica.start(postgres).awaitReady();
                var ledger = new Ledger(postgres)) {
            rule(new Api(first), hook, Map.of("lostWorkers", "ALL"));

            second.kill();

            await().atMost(PATIENCE).until(() -> delivered(ledger) == 1);
            assertThat(hook.calls()).hasSize(1);
            assertThat(told(hook, 0).get("count").asInt()).isOne();
            assertThat(told(hook, 0).at("/events/0/kind").asText()).isEqualTo("WORKER_LOST");
        }
    }

    @Test
    void aStormIsOneMessageAMinuteAndAFewLinesInTheLog() throws Exception {
        try (var postgres = new TestPostgres();
                var hook = HttpTarget.start();
                var replica = Replica.start(postgres).awaitReady();
                var ledger = new Ledger(postgres)) {
            var api = new Api(replica);
            for (int job = 0; job < JOBS; job++) {
                failingJob(api, "fails-" + job);
            }
            rule(api, hook, Map.of("everyFailure", true));

            for (int run = 0; run < RUNS; run++) {
                assertThat(
                                api.post(
                                                "/jobs/actions",
                                                Map.of(
                                                        "action",
                                                        "TRIGGER",
                                                        "filter",
                                                        Map.of("type", "noop")))
                                        .status())
                        .isEqualTo(200);
            }
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where type = 'noop' and state = 'FAILED'")
                                            == JOBS * RUNS);
            await().atMost(PATIENCE)
                    .until(() -> ledger.count("select count(*) from alert_end") == 0);

            var first = ledger.count("select count(*) from alert_news");
            assertThat(delivered(ledger)).as("messages").isBetween(1L, 2L);
            assertThat(first).as("what the next message tells").isPositive();
            ledger.execute("update alert_rule set next_message_at = now()");
            await().atMost(PATIENCE)
                    .until(() -> ledger.count("select count(*) from alert_news") == 0);
            await().atMost(PATIENCE).until(() -> toldInAll(hook) == JOBS * RUNS);
            assertThat(hook.calls()).hasSizeBetween(2, 3);
            assertThat(
                            replica.log()
                                    .lines()
                                    .filter(line -> line.contains("execution failed for good"))
                                    .count())
                    .as("lines of failures, some hundred a minute at most")
                    .isBetween(1L, 500L);
        }
    }

    private static void rule(Api api, HttpTarget hook, Map<String, ?> condition)
            throws IOException {
        var rule =
                new HashMap<String, Object>(
                        Map.of("name", "told", "webhook", Map.of("url", hook.url("/hook"))));
        rule.putAll(condition);
        assertThat(api.post("/rules", rule).status()).isEqualTo(201);
    }

    private static String failingJob(Api api, String name) throws IOException {
        var created =
                api.post(
                        "/jobs",
                        Map.of(
                                "name",
                                name,
                                "type",
                                "noop",
                                "overlap",
                                "ALLOW",
                                "retry",
                                Map.of("maxAttempts", 1),
                                "config",
                                Map.of("failures", 1000)));
        assertThat(created.status()).isEqualTo(201);
        return created.body().get("id").asText();
    }

    private static long delivered(Ledger ledger) throws Exception {
        return ledger.count(
                "select count(*) from execution where queue = 'alerts' and state = 'SUCCEEDED'");
    }

    private static JsonNode told(HttpTarget hook, int message) throws IOException {
        return new ObjectMapper().readTree(hook.calls().get(message).body());
    }

    private static long toldInAll(HttpTarget hook) {
        return hook.calls().stream().map(HttpTarget.Call::body).mapToLong(AlertsIT::count).sum();
    }

    private static long count(String body) {
        try {
            return new ObjectMapper().readTree(body).get("count").asLong();
        } catch (IOException invalid) {
            throw new UncheckedIOException(invalid);
        }
    }
}
