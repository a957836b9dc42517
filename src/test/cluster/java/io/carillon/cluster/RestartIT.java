package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is stored outlives the service. */
class RestartIT {
    @Test
    void afterAStopAndAStartAJobGoesOnAndWhatWasMissedIsAccountedFor() throws Exception {
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres)) {
            UUID jobId;
            try (var first = Replica.start(postgres).awaitReady()) {
                var created =
                        new Api(first)
                                .post(
                                        "/jobs",
                                        Map.of(
                                                "name",
                                                "bell",
                                                "schedule",
                                                Map.of("every", "1s"),
                                                "type",
                                                "noop"));
                jobId = UUID.fromString(created.body().path("id").asText());
                Awaitility.await().until(() -> ledger.rows(jobId).size() >= 2);
                first.stop();
                assertThat(first.log()).contains("carillon stopped");
            }
            assertThat(ledger.count("select count(*) from worker where state <> 'STOPPED'"))
                    .isZero();
            assertThat(ledger.count("select count(*) from execution where finished_at is null"))
                    .isZero();
            int before = ledger.rows(jobId).size();

            try (var second = Replica.start(postgres).awaitReady()) {
                Awaitility.await().until(() -> ledger.rows(jobId).size() >= before + 3);
                new Api(second).post("/jobs/" + jobId + "/pause", Map.of());
            }
            var instants = Ledger.accounted(ledger.rows(jobId), 1000);
            for (int index = 1; index < instants.size(); index++) {
                assertThat(instants.get(index)).isEqualTo(instants.get(index - 1).plusMillis(1000));
            }
        }
    }

    /** So that an image can go back although the tables cannot. */
    @Test
    void aReplicaStartsOnTablesThatALaterVersionHasUpgraded() throws Exception {
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres)) {
            try (var first = Replica.start(postgres).awaitReady()) {
                first.stop();
            }
            ledger.execute(
                    """
                    insert into flyway_schema_history (installed_rank, version, description, type, script,
                                                       installed_by, execution_time, success)
                    values (9999, '9999', 'later', 'SQL', 'V9999__later.sql', 'test', 1, true)
                    """);

            try (var second = Replica.start(postgres).awaitReady()) {
                assertThat(second.isAlive()).isTrue();
            }
        }
    }
}
