package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.HttpTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many jobs due in the same second, several replicas as processes, one database. */
class HerdIT {
    private static final int JOBS = 2000;

    @ParameterizedTest(name = "{0} replicas")
    @ValueSource(ints = {2, 3})
    void eachOfTwoThousandJobsDueTogetherIsCalledExactlyOnce(int replicas) throws Exception {
        try (var postgres = new TestPostgres();
                var target = HttpTarget.start().answers(204);
                var cluster = new Cluster(postgres, replicas);
                var ledger = new Ledger(postgres)) {
            cluster.awaitReady();
            var dueAt = ledger.now().plusSeconds(4);
            var api = new Api(cluster.replica(0));
            var batch = api.post("/jobs/batch", Map.of("jobs", jobs(dueAt, target.url("/"))));
            assertThat(batch.body().path("created").asInt()).isEqualTo(JOBS);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> ledger.states().getOrDefault("SUCCEEDED", 0L) == JOBS);

            assertThat(ledger.states()).containsOnly(Map.entry("SUCCEEDED", (long) JOBS));
            assertThat(ledger.count("select count(distinct job_id) from execution"))
                    .isEqualTo(JOBS);
            assertThat(target.calls().stream().map(call -> call.headers().get("idempotency-key")))
                    .as("calls, by execution")
                    .hasSize(JOBS)
                    .doesNotHaveDuplicates();
            assertThat(
                            ledger.count(
                                    "select count(*) from execution where created_at < scheduled_at"))
                    .as("fired early")
                    .isZero();
            assertThat(ledger.count("select count(distinct worker_id) from execution"))
                    .as("replicas that took part")
                    .isEqualTo(replicas);
        }
    }

    private static List<Map<String, Object>> jobs(Instant dueAt, String url) {
        var jobs = new ArrayList<Map<String, Object>>();
        for (int index = 0; index < JOBS; index++) {
            jobs.add(
                    Map.of(
                            "name",
                            "herd-" + index,
                            "schedule",
                            Map.of("at", dueAt.toString()),
                            "type",
                            "http",
                            "config",
                            Map.of("url", url)));
        }
        return jobs;
    }
}
