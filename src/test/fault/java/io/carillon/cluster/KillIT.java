package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A replica killed with {@code kill -9} while jobs are due. */
class KillIT {
    private static final int BELLS = 50;
    private static final Duration PROMISE = Duration.ofSeconds(5);

    @Test
    void whatAKilledReplicaRanOrWouldHaveFiredGoesOnElsewhereWithinFiveSeconds() throws Exception {
        try (var postgres = new TestPostgres();
                var cluster = new Cluster(postgres, 2).awaitReady();
                var ledger = new Ledger(postgres)) {
            var survivor = new Api(cluster.replica(1));
            var bells = createBells(survivor);
            for (int index = 0; index < 40; index++) {
                survivor.post(
                        "/executions",
                        Map.of("type", "noop", "config", Map.of("sleep", "20s"), "timeout", "5m"));
            }
            String ofVictim =
                    "select count(*) from execution e join worker w on w.id = e.worker_id"
                            + " where e.type = 'noop' and e.state = 'RUNNING' and e.origin = 'SUBMIT' and w.pid = "
                            + cluster.replica(0).pid();
            Awaitility.await().until(() -> ledger.count(ofVictim) > 0);
            Awaitility.await()
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where state = 'SUCCEEDED'")
                                            > 2 * BELLS);

            long interrupted = ledger.count(ofVictim);
            cluster.replica(0).kill();
            var killedAt = ledger.now();

            String goneOn =
                    "select count(*) from execution where origin = 'SUBMIT' and attempt = 2 and state = 'RUNNING'";
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> ledger.count(goneOn) >= interrupted);
            var rescuedAfter = Duration.between(killedAt, ledger.now());
            var latestFiring =
                    Duration.ofMillis(
                            ledger.count(
                                    "select (extract(epoch from max(created_at - scheduled_at)) * 1000)::bigint"
                                            + " from execution where origin = 'SCHEDULE' and scheduled_at > '"
                                            + killedAt.minusSeconds(1)
                                            + "'"));
            System.out.printf(
                    "killed a replica running %d executions: all run elsewhere after %s, latest firing %s late%n",
                    interrupted, rescuedAfter, latestFiring);

            assertThat(rescuedAfter).isLessThan(PROMISE);
            assertThat(latestFiring).isLessThan(PROMISE);
            assertNoInstantIsMissing(ledger, survivor, bells);
        }
    }

    private static List<UUID> createBells(Api api) throws Exception {
        var ids = new ArrayList<UUID>();
        for (int index = 0; index < BELLS; index++) {
            var created =
                    api.post(
                            "/jobs",
                            Map.of(
                                    "name",
                                    "bell-" + index,
                                    "schedule",
                                    Map.of("every", "1s"),
                                    "type",
                                    "noop",
                                    "overlap",
                                    "ALLOW"));
            ids.add(UUID.fromString(created.body().path("id").asText()));
        }
        return ids;
    }

    private static void assertNoInstantIsMissing(Ledger ledger, Api api, List<UUID> bells)
            throws Exception {
        for (var bell : bells) {
            api.post("/jobs/" + bell + "/pause", Map.of());
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where origin = 'SCHEDULE'"
                                                        + " and state <> 'SUCCEEDED'")
                                        == 0);
        for (var bell : bells) {
            var instants = Ledger.accounted(ledger.rows(bell), 1000);
            for (int index = 1; index < instants.size(); index++) {
                assertThat(instants.get(index)).isEqualTo(instants.get(index - 1).plusMillis(1000));
            }
        }
    }
}
