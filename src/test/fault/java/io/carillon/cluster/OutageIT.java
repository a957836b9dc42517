package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Nothing can fire for longer than the misfire threshold: each job's policy decides, and every
 * instant is accounted for.
 */
class OutageIT {
    private static final Map<String, String> LOW_THRESHOLD =
            Map.of("CARILLON_FIRING_MISFIRE_THRESHOLD", "2s", "CARILLON_FIRING_POLL", "1s");
    private static final Duration OUTAGE = Duration.ofSeconds(8);

    /** By the reason that the instants have which are not executed; empty: all are. */
    private static final Map<String, Map<String, Object>> POLICIES =
            Map.of(
                    "MISFIRE",
                    Map.of("misfire", "SKIP"),
                    "",
                    Map.of("misfire", "FIRE_ALL"),
                    "CATCH_UP_WINDOW",
                    Map.of("misfire", "FIRE_ALL", "catchUpWindow", "4s"),
                    "CATCH_UP_LIMIT",
                    Map.of("misfire", "FIRE_ALL", "catchUpLimit", 2));

    @Test
    void postgresqlIsAwayForLongerThanTheMisfireThreshold() throws Exception {
        try (var postgres = new TestPostgres();
                var one = Replica.start(postgres, LOW_THRESHOLD, List.of()).awaitReady();
                var other = Replica.start(postgres, LOW_THRESHOLD, List.of()).awaitReady()) {
            var jobs = createJobs(new Api(one));
            awaitFirings(postgres, jobs);

            postgres.stop();
            passes(OUTAGE);
            postgres.startAgain();

            one.awaitReady();
            other.awaitReady();
            assertAllIsAccountedFor(postgres, new Api(other), jobs);
        }
    }

    @Test
    void allReplicasAreDownForLongerThanTheMisfireThreshold() throws Exception {
        try (var postgres = new TestPostgres();
                var one = Replica.start(postgres, LOW_THRESHOLD, List.of()).awaitReady();
                var other = Replica.start(postgres, LOW_THRESHOLD, List.of()).awaitReady()) {
            var jobs = createJobs(new Api(one));
            awaitFirings(postgres, jobs);

            one.kill();
            other.kill();
            passes(OUTAGE);

            try (var again = Replica.start(postgres, LOW_THRESHOLD, List.of()).awaitReady()) {
                assertAllIsAccountedFor(postgres, new Api(again), jobs);
            }
        }
    }

    private static void passes(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    private static Map<String, UUID> createJobs(Api api) throws Exception {
        var jobs = new LinkedHashMap<String, UUID>();
        for (var policy : POLICIES.entrySet()) {
            var job = new LinkedHashMap<>(policy.getValue());
            job.put("name", "job-" + policy.getKey());
            job.put("schedule", Map.of("every", "500ms"));
            job.put("type", "noop");
            job.put("overlap", "ALLOW");
            var created = api.post("/jobs", job);
            assertThat(created.status()).isEqualTo(201);
            jobs.put(policy.getKey(), UUID.fromString(created.body().path("id").asText()));
        }
        return jobs;
    }

    private static void awaitFirings(TestPostgres postgres, Map<String, UUID> jobs)
            throws Exception {
        try (var ledger = new Ledger(postgres)) {
            for (var job : jobs.values()) {
                Awaitility.await().until(() -> ledger.rows(job).size() > 3);
            }
        }
    }

    private static void assertAllIsAccountedFor(
            TestPostgres postgres, Api api, Map<String, UUID> jobs) throws Exception {
        try (var ledger = new Ledger(postgres)) {
            var back = ledger.now();
            for (var job : jobs.values()) {
                Awaitility.await("fires again")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> ledger.rows(job).getLast().scheduledAt().isAfter(back));
                api.post("/jobs/" + job + "/pause", Map.of());
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where finished_at is null")
                                            == 0);
            for (var job : jobs.entrySet()) {
                var rows = ledger.rows(job.getValue());
                var instants = Ledger.accounted(rows, 500);
                for (int index = 1; index < instants.size(); index++) {
                    assertThat(instants.get(index))
                            .isEqualTo(instants.get(index - 1).plusMillis(500));
                }
                assertThat(List.copyOf(skipped(ledger, job.getValue())))
                        .as("skipped by %s", job.getKey())
                        .isEqualTo(job.getKey().isEmpty() ? List.of() : List.of(job.getKey()));
                assertThat(rows)
                        .allMatch(row -> Set.of("SUCCEEDED", "SKIPPED").contains(row.state()));
            }
        }
    }

    private static Set<String> skipped(Ledger ledger, UUID job) throws Exception {
        return ledger.counts(
                        "select reason, sum(coalesce(skipped_count, 1)) from execution"
                                + " where state = 'SKIPPED' and job_id = '"
                                + job
                                + "' group by reason")
                .keySet();
    }
}
