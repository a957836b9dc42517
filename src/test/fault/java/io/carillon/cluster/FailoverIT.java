package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The primary is gone for good and its standby is promoted; replicas know the addresses of both.
 */
class FailoverIT {
    private static final long PERIOD_MILLIS = 200;
    private static final int RUNS = 20;

    /** What reached nobody but the lost primary never was: it is fired, and executed, again. */
    @Test
    void anAsynchronousFailoverMakesAgainWhatItLost() throws Exception {
        try (var primary = new TestPostgres();
                var standby = new Standby(primary);
                var one = start(primary, standby);
                var other = start(primary, standby);
                var target = new SoakTarget()) {
            one.awaitReady();
            other.awaitReady();
            var api = new Api(one);
            var bell = createBell(api, target, "AT_LEAST_ONCE");
            try (var ledger = new Ledger(primary)) {
                awaitSucceeded(ledger, bell, RUNS);
                standby.fallBehind();
                awaitSucceeded(ledger, bell, 2 * RUNS);
            }
            var calledBefore = target.called();

            primary.crash();
            standby.promote();

            one.awaitReady();
            other.awaitReady();
            try (var ledger = new Ledger(standby.connect())) {
                awaitSucceeded(ledger, bell, 3 * RUNS);
                assertNoInstantIsMissing(ledger, api, bell);
                assertThat(calledBefore)
                        .as("executions that were lost after they had called")
                        .anyMatch(id -> !ids(ledger).contains(id));
            }
        }
    }

    @Test
    void aSynchronousFailoverLosesAndDoublesNothing() throws Exception {
        try (var primary = new TestPostgres();
                var standby = new Standby(primary);
                var one = start(primary, standby);
                var other = start(primary, standby);
                var target = new SoakTarget()) {
            standby.becomeSynchronous(primary);
            one.awaitReady();
            other.awaitReady();
            var api = new Api(one);
            var bell = createBell(api, target, "AT_MOST_ONCE");
            try (var ledger = new Ledger(primary)) {
                awaitSucceeded(ledger, bell, RUNS);
            }
            var submitted = new HashSet<UUID>();
            for (int count = 0; count < RUNS; count++) {
                var answer =
                        api.post(
                                "/executions",
                                Map.of("type", "noop", "runAt", "2040-01-01T00:00:00Z"));
                assertThat(answer.status()).isEqualTo(202);
                submitted.add(UUID.fromString(answer.body().path("id").asText()));
            }

            primary.crash();
            standby.promote();

            one.awaitReady();
            other.awaitReady();
            try (var ledger = new Ledger(standby.connect())) {
                awaitSucceeded(ledger, bell, 3 * RUNS);
                assertNoInstantIsMissing(ledger, api, bell);
                assertThat(ids(ledger))
                        .as("what was answered with 202, and what has called")
                        .containsAll(submitted)
                        .containsAll(target.called());
                for (var row : ledger.rows(bell)) {
                    assertThat(target.calls(row.id()))
                            .as("calls of %s, which is %s", row.id(), row.state())
                            .isBetween(row.state().equals("SUCCEEDED") ? 1 : 0, 1);
                }
            }
        }
    }

    private static Replica start(TestPostgres primary, Standby standby) {
        return Replica.start(
                "jdbc:postgresql://localhost:%d,localhost:%d/postgres?user=postgres&targetServerType=primary"
                        .formatted(primary.port(), standby.port()),
                Map.of());
    }

    private static UUID createBell(Api api, SoakTarget target, String delivery) throws IOException {
        var created =
                api.post(
                        "/jobs",
                        Map.of(
                                "name",
                                "bell",
                                "schedule",
                                Map.of("every", PERIOD_MILLIS + "ms"),
                                "type",
                                "http",
                                "config",
                                Map.of("url", target.url("ok"), "method", "POST"),
                                "delivery",
                                delivery,
                                "overlap",
                                "ALLOW"));
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        return UUID.fromString(created.body().path("id").asText());
    }

    private static void awaitSucceeded(Ledger ledger, UUID job, int count) {
        Awaitility.await("%d executions succeeded".formatted(count))
                .atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where state = 'SUCCEEDED' and job_id = '"
                                                        + job
                                                        + "'")
                                        >= count);
    }

    private static Set<UUID> ids(Ledger ledger) {
        try {
            return ledger.counts("select id::text, 1 from execution").keySet().stream()
                    .map(UUID::fromString)
                    .collect(Collectors.toSet());
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void assertNoInstantIsMissing(Ledger ledger, Api api, UUID job)
            throws Exception {
        assertThat(api.post("/jobs/" + job + "/pause", Map.of()).status()).isEqualTo(200);
        Awaitility.await("all has ended")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where finished_at is null and job_id = '"
                                                        + job
                                                        + "'")
                                        == 0);
        var instants = Ledger.accounted(ledger.rows(job), PERIOD_MILLIS);
        for (int index = 1; index < instants.size(); index++) {
            assertThat(instants.get(index))
                    .isEqualTo(instants.get(index - 1).plusMillis(PERIOD_MILLIS));
        }
    }
}
