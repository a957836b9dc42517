package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An update of the time zone database: the same service with other rules. */
class TimeZoneRulesIT {
    private static final Map<String, String> OFTEN =
            Map.of("CARILLON_FIRING_RECONCILE_EVERY", "1s");

    @Test
    void otherRulesMoveWhatIsAheadAndTheLedgerSaysWhichPlannedWhat() throws Exception {
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres)) {
            UUID daily;
            UUID often;
            try (var replica = Replica.start(postgres, OFTEN, List.of()).awaitReady()) {
                daily = create(replica, "daily", "0 9 * * *");
                often = create(replica, "often", "* * * * * *");
                assertThat(hourOf(replica, daily, ZoneId.of("Europe/Paris"))).isEqualTo(9);
                Awaitility.await().until(() -> !ledger.rows(often).isEmpty());
                replica.stop();
            }
            var former = ledger.rows(often).getLast().scheduledAt();

            try (var replica = Replica.start(postgres, otherRules(), List.of()).awaitReady()) {
                Awaitility.await().until(() -> hourOf(replica, daily, ZoneOffset.ofHours(3)) == 9);
                assertThat(replica.log())
                        .contains("tzdata=" + OtherRules.VERSION, "triggersMoved=1");
                int before = ledger.rows(often).size();
                Awaitility.await().until(() -> ledger.rows(often).size() > before + 1);
                replica.stop();
            }

            assertThat(
                            ledger.count(
                                    """
                                    select count(*) from execution e left join tzdata z on z.id = e.tzdata
                                    where (z.version = '%s') is distinct from (e.scheduled_at > '%s')
                                    """
                                            .formatted(OtherRules.VERSION, former)))
                    .as("rows that do not say by which rules they were planned")
                    .isZero();
            try (var replica = Replica.start(postgres, OFTEN, List.of()).awaitReady()) {
                Awaitility.await("moved back after a rollback")
                        .until(() -> hourOf(replica, daily, ZoneId.of("Europe/Paris")) == 9);
            }
        }
    }

    private static Map<String, String> otherRules() {
        var classes = Path.of("target", "test-classes").toAbsolutePath();
        return Map.of(
                "CARILLON_FIRING_RECONCILE_EVERY",
                "1s",
                "JAVA_TOOL_OPTIONS",
                "-Xbootclasspath/a:%s -Djava.time.zone.DefaultZoneRulesProvider=%s --add-opens=java.base/java.time.zone=ALL-UNNAMED"
                        .formatted(classes, OtherRules.class.getName()));
    }

    private static UUID create(Replica replica, String name, String cron) throws IOException {
        var answer =
                new Api(replica)
                        .post(
                                "/jobs",
                                Map.of(
                                        "name",
                                        name,
                                        "type",
                                        "noop",
                                        "schedule",
                                        Map.of("cron", cron, "timeZone", "Europe/Paris")));
        return UUID.fromString(answer.body().path("id").asText());
    }

    private static int hourOf(Replica replica, UUID job, ZoneId zone) throws IOException {
        var next = new Api(replica).get("/jobs/" + job).body().path("nextFireAt").asText();
        return Instant.parse(next).atZone(zone).getHour();
    }
}
