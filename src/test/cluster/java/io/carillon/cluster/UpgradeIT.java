package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/**
 * A database of an earlier version, with rows of every kind that version knew, is upgraded by the
 * replica that starts on it, and what it holds goes on.
 */
class UpgradeIT {
    /** Before keys, namespaces, rules and events; queues belonged to all. */
    private static final String EARLIER = "20";

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void whatAnEarlierVersionHasStoredIsThereAndGoesOn() throws Exception {
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres)) {
            Flyway.configure()
                    .dataSource(postgres.url(), null, null)
                    .target(EARLIER)
                    .load()
                    .migrate();
            ledger.execute(rows());

            try (var replica = Replica.start(postgres).awaitReady()) {
                var api = new Api(replica);
                whatWaitedRuns(ledger);
                theScheduleGoesOn(ledger);
                everythingIsRead(api);
                everythingIsChanged(api, ledger);
                replica.stop();
                assertThat(replica.log()).contains("carillon stopped").doesNotContain(" ERROR ");
            }
        }
    }

    private static String rows() throws IOException {
        try (var file = UpgradeIT.class.getResourceAsStream("/upgrade/rows-of-v20.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void whatWaitedRuns(Ledger ledger) {
        for (String waiting :
                List.of("queued", "limited", "scheduled", "retrying", "running", "blocked")) {
            Awaitility.await(waiting).atMost(SOON).until(() -> state(ledger, waiting, "SUCCEEDED"));
        }
        Awaitility.await("fenced")
                .atMost(SOON)
                .until(() -> state(ledger, "at-most-once", "FAILED"));
    }

    private static boolean state(Ledger ledger, String label, String state) throws SQLException {
        return ledger.count(
                        "select count(*) from execution where labels ->> 'row' = '%s' and state = '%s'"
                                .formatted(label, state))
                == 1;
    }

    private static void theScheduleGoesOn(Ledger ledger) {
        Awaitility.await("bell")
                .atMost(SOON)
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution e join job j on j.id = e.job_id"
                                                        + " where j.name = 'bell' and e.state = 'SUCCEEDED'")
                                        >= 3);
    }

    private static void everythingIsRead(Api api) throws IOException {
        var names =
                StreamSupport.stream(api.get("/jobs").body().path("items").spliterator(), false)
                        .map(job -> job.path("name").asText())
                        .toList();
        assertThat(names).contains("bell", "after-bell", "paused", "on-demand");
        for (String path :
                List.of(
                        "/jobs?deleted=true",
                        "/executions?state=FAILED",
                        "/executions?state=SKIPPED",
                        "/executions?state=CANCELLED",
                        "/calendars/closed",
                        "/queues/limited",
                        "/workers?all=true",
                        "/audit",
                        "/rules",
                        "/namespaces",
                        "/stats",
                        "/events?after=first")) {
            assertThat(api.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(api.get("/queues/limited").body().path("maxConcurrent").asInt()).isEqualTo(3);
        assertThat(api.get("/executions?label=row%3Dskipped").body().at("/items/0/reason").asText())
                .isEqualTo("PAUSED");
    }

    private static void everythingIsChanged(Api api, Ledger ledger) throws Exception {
        String paused = id(api, "/jobs?q=paused");
        assertThat(api.post("/jobs/" + paused + "/resume", Map.of()).status()).isEqualTo(200);
        String deleted = id(api, "/jobs?deleted=true");
        assertThat(api.post("/jobs/" + deleted + "/restore", Map.of()).status()).isEqualTo(200);
        var revisions = api.get("/jobs/" + paused + "/revisions").body().path("items");
        assertThat(revisions.size()).isEqualTo(3);

        var failed = api.get("/executions?state=FAILED&limit=100").body().path("items");
        String deadLetter =
                StreamSupport.stream(failed.spliterator(), false)
                        .filter(it -> it.at("/labels/row").asText().equals("dead-letter"))
                        .findFirst()
                        .orElseThrow()
                        .path("id")
                        .asText();
        assertThat(api.post("/executions/" + deadLetter + "/replay", Map.of()).status())
                .isEqualTo(202);
        Awaitility.await("replay")
                .atMost(SOON)
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where origin = 'REPLAY' and state = 'SUCCEEDED'")
                                        == 1);
    }

    private static String id(Api api, String path) throws IOException {
        return api.get(path).body().at("/items/0/id").asText();
    }
}
