package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A replica whose wall clock is an hour off; the shift is real, by libfaketime, and skipped where
 * that is not.
 */
class ClockShiftIT {
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"+1h", "-1h"})
    void aReplicaWithAShiftedClockFiresNeitherEarlyNorLateNorSpins(String shift) throws Exception {
        assumeTrue(FakeTime.isInstalled(), "faketime is not installed (apt-get install faketime)");
        try (var postgres = new TestPostgres();
                var replica = Replica.start(postgres, Map.of(), FakeTime.shiftedBy(shift));
                var ledger = new Ledger(postgres)) {
            replica.awaitReady();
            var api = new Api(replica);
            var bell =
                    api.post(
                            "/jobs",
                            Map.of(
                                    "name",
                                    "bell",
                                    "schedule",
                                    Map.of("every", "1s"),
                                    "type",
                                    "noop"));
            var jobId = UUID.fromString(bell.body().path("id").asText());
            Awaitility.await().until(() -> ledger.states().getOrDefault("SUCCEEDED", 0L) >= 2);

            long transactionsBefore = transactions(ledger);
            var quietFrom = ledger.now();
            Awaitility.await().until(() -> ledger.states().getOrDefault("SUCCEEDED", 0L) >= 7);
            double transactionsPerSecond =
                    (transactions(ledger) - transactionsBefore)
                            * 1000.0
                            / Duration.between(quietFrom, ledger.now()).toMillis();

            assertThat(
                            ledger.count(
                                    "select count(*) from execution where created_at < scheduled_at"))
                    .as("fired early")
                    .isZero();
            assertThat(
                            ledger.count(
                                    "select count(*) from execution where created_at > scheduled_at + interval '5 s'"))
                    .as("fired late")
                    .isZero();
            assertThat(ledger.rows(jobId)).allMatch(row -> !row.state().equals("SKIPPED"));
            // A handful of statements for each firing and the background loops; spinning makes
            // thousands.
            assertThat(transactionsPerSecond).isLessThan(200);
        }
    }

    private static long transactions(Ledger ledger) throws Exception {
        return ledger.count("select xact_commit from pg_stat_database where datname = 'postgres'");
    }
}
