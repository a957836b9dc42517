package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A replica that stands still for longer than its lease, as a suspended machine does. */
class FreezeIT {
    private static final int CALLS = 20;

    @Test
    void aReplicaThatStoodStillDoublesNothingAndWorksAgain() throws Exception {
        try (var postgres = new TestPostgres();
                var cluster = new Cluster(postgres, 2).awaitReady();
                var target = new SoakTarget();
                var ledger = new Ledger(postgres)) {
            var frozen = cluster.replica(0);
            var api = new Api(cluster.replica(1));
            var bell = createBell(api);
            var atMostOnce = submit(api, target, "AT_MOST_ONCE");
            var atLeastOnce = submit(api, target, "AT_LEAST_ONCE");
            awaitAll(ledger, "RUNNING", 2 * CALLS);
            long ofFrozen =
                    ledger.count(runBy(frozen, "e.queue = 'calls' and e.state = 'RUNNING'"));
            assertThat(ofFrozen).isPositive();
            // Which replica claims what is up to chance.
            long onceOfFrozen =
                    ledger.count(
                            runBy(
                                    frozen,
                                    "e.queue = 'calls' and e.state = 'RUNNING'"
                                            + " and e.delivery = 'AT_MOST_ONCE'"));
            long againOfFrozen = ofFrozen - onceOfFrozen;

            frozen.freeze();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> ledger.count(runBy(frozen, "e.state = 'RUNNING'")) == 0);
            var thawedAt = ledger.now();
            // What the frozen one has asked for is answered while it cannot hear.
            target.release();
            frozen.thaw();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where queue = 'calls'"
                                                            + " and finished_at is null")
                                            == 0);
            Awaitility.await("runs again under another name")
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    ledger.count(
                                                    runBy(
                                                            frozen,
                                                            "e.state = 'SUCCEEDED' and e.started_at > '"
                                                                    + thawedAt
                                                                    + "' and w.state = 'RUNNING'"))
                                            > 3);
            frozen.awaitReady();

            for (var id : atMostOnce) {
                assertThat(target.calls(id)).as("calls of %s", id).isEqualTo(1);
            }
            assertThat(
                            ledger.counts(
                                    "select state || ' ' || attempt || coalesce(' ' || (error ->> 'code'), ''), count(*)"
                                            + " from execution where queue = 'calls' and delivery = 'AT_MOST_ONCE' group by 1"))
                    .as("lost where it was frozen, and nowhere tried again")
                    .isEqualTo(
                            positive(
                                    Map.of(
                                            "FAILED 1 WORKER_LOST",
                                            onceOfFrozen,
                                            "SUCCEEDED 1",
                                            CALLS - onceOfFrozen)));
            assertThat(
                            ledger.counts(
                                    "select state || ' ' || attempt, count(*) from execution"
                                            + " where queue = 'calls' and delivery = 'AT_LEAST_ONCE' group by 1"))
                    .isEqualTo(
                            positive(
                                    Map.of(
                                            "SUCCEEDED 2",
                                            againOfFrozen,
                                            "SUCCEEDED 1",
                                            CALLS - againOfFrozen)));
            assertThat(
                            ledger.count(
                                    runBy(
                                            frozen,
                                            "e.queue = 'calls' and e.state = 'SUCCEEDED' and e.attempt = 1")))
                    .as("outcomes of attempts that were taken away")
                    .isZero();
            assertThat(atLeastOnce).allMatch(id -> target.calls(id) >= 1);
            assertNoInstantIsMissing(ledger, api, bell);
            System.out.printf(
                    "froze a replica running %d executions: none doubled, all accounted for%n",
                    ofFrozen);
        }
    }

    private static Map<String, Long> positive(Map<String, Long> counts) {
        var some = new TreeMap<>(counts);
        some.values().removeIf(count -> count == 0);
        return some;
    }

    private static String runBy(Replica replica, String condition) {
        return "select count(*) from execution e join worker w on w.id = e.worker_id where w.pid = "
                + replica.pid()
                + " and "
                + condition;
    }

    private static void awaitAll(Ledger ledger, String state, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where queue = 'calls' and state = '"
                                                        + state
                                                        + "'")
                                        == count);
    }

    private static List<UUID> submit(Api api, SoakTarget target, String delivery) throws Exception {
        var ids = new ArrayList<UUID>();
        for (int count = 0; count < CALLS; count++) {
            var answer =
                    api.post(
                            "/executions",
                            Map.of(
                                    "type",
                                    "http",
                                    "queue",
                                    "calls",
                                    "delivery",
                                    delivery,
                                    "timeout",
                                    "5m",
                                    "config",
                                    Map.of("url", target.url("held"), "method", "POST")));
            ids.add(UUID.fromString(answer.body().path("id").asText()));
        }
        return ids;
    }

    private static UUID createBell(Api api) throws Exception {
        var created =
                api.post(
                        "/jobs",
                        Map.of(
                                "name",
                                "bell",
                                "schedule",
                                Map.of("every", "200ms"),
                                "type",
                                "noop",
                                "overlap",
                                "ALLOW"));
        return UUID.fromString(created.body().path("id").asText());
    }

    private static void assertNoInstantIsMissing(Ledger ledger, Api api, UUID bell)
            throws Exception {
        api.post("/jobs/" + bell + "/pause", Map.of());
        var instants = Ledger.accounted(ledger.rows(bell), 200);
        assertThat(instants).hasSizeGreaterThan(20);
        for (int index = 1; index < instants.size(); index++) {
            assertThat(instants.get(index)).isEqualTo(instants.get(index - 1).plusMillis(200));
        }
    }
}
