package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Clocks in New York go from 02:00 to 03:00 at 07:00Z on 14 March 2027, and from 02:00 back to
 * 01:00 at 06:00Z on 7 November. PostgreSQL's clock goes over both, and every policy's job is fired
 * by a replica: what is in the ledger is the table of docs/time-zones.md.
 */
class DaylightSavingIT {
    private static final String GAP_DAY = "2027-03-14T";
    private static final String OVERLAP_DAY = "2027-11-07T";

    /** A job and the instants that must be in the ledger. */
    private record Line(String name, Map<String, ?> schedule, List<String> fired) {}

    private static final List<Line> LINES =
            List.of(
                    cron("gap-shift", "30 2 14 3 *", "SHIFT", "FIRST", GAP_DAY + "07:00:00Z"),
                    cron("gap-skip", "30 2 14 3 *", "SKIP", "FIRST"),
                    cron(
                            "overlap-first",
                            "30 1 7 11 *",
                            "SHIFT",
                            "FIRST",
                            OVERLAP_DAY + "05:30:00Z"),
                    cron(
                            "overlap-both",
                            "30 1 7 11 *",
                            "SHIFT",
                            "BOTH",
                            OVERLAP_DAY + "05:30:00Z",
                            OVERLAP_DAY + "06:30:00Z"),
                    cron("overlap-last", "30 1 7 11 *", "SHIFT", "LAST", OVERLAP_DAY + "06:30:00Z"),
                    cron(
                            "wildcard-hour-over-the-gap",
                            "30 * 14 3 *",
                            "SKIP",
                            "FIRST",
                            GAP_DAY + "06:30:00Z",
                            GAP_DAY + "07:30:00Z",
                            GAP_DAY + "08:30:00Z"),
                    cron(
                            "wildcard-hour-over-the-overlap",
                            "30 * 7 11 *",
                            "SHIFT",
                            "LAST",
                            OVERLAP_DAY + "04:30:00Z",
                            OVERLAP_DAY + "05:30:00Z",
                            OVERLAP_DAY + "06:30:00Z",
                            OVERLAP_DAY + "07:30:00Z"),
                    hourly("interval-over-the-gap", GAP_DAY, "06:15:00Z", "07:15:00Z", "08:15:00Z"),
                    hourly(
                            "interval-over-the-overlap",
                            OVERLAP_DAY,
                            "05:15:00Z",
                            "06:15:00Z",
                            "07:15:00Z"));

    private static Line cron(
            String name, String expression, String gap, String overlap, String... fired) {
        return new Line(
                name,
                Map.of(
                        "cron",
                        expression,
                        "timeZone",
                        "America/New_York",
                        "dst",
                        Map.of("gap", gap, "overlap", overlap)),
                List.of(fired));
    }

    private static Line hourly(String name, String day, String... times) {
        var fired = java.util.Arrays.stream(times).map(time -> day + time).toList();
        return new Line(
                name,
                Map.of(
                        "every",
                        "1h",
                        "startAt",
                        fired.getFirst(),
                        "endAt",
                        fired.getLast(),
                        "timeZone",
                        "America/New_York"),
                fired);
    }

    @Test
    void everyPolicyFiresWhatTheTableSaysOverAGapAndAnOverlap() throws Exception {
        assumeTrue(FakeTime.isInstalled(), "faketime is not installed (apt-get install faketime)");
        try (var postgres = new ShiftedPostgres(Instant.parse(GAP_DAY + "06:05:00Z"));
                var replica = Replica.start(postgres.url(), configuration());
                var connection = postgres.connect()) {
            replica.awaitReady();
            var ids = new LinkedHashMap<Line, UUID>();
            for (var line : LINES) {
                ids.put(line, create(new Api(replica), line));
            }
            // An instant before the gap, so that it is the clock's way over it that is seen.
            postgres.set(Instant.parse(GAP_DAY + "06:59:30Z"));
            awaitNothingDue(connection);
            postgres.set(Instant.parse(GAP_DAY + "08:45:00Z"));
            awaitNothingDue(connection);
            postgres.set(Instant.parse(OVERLAP_DAY + "07:45:00Z"));
            awaitNothingDue(connection);

            for (var line : ids.entrySet()) {
                assertThat(ledger(connection, line.getValue()))
                        .as(line.getKey().name)
                        .isEqualTo(line.getKey().fired);
            }
        }
    }

    /** Nothing runs: leases would end with each step of the clock. What is late is not missed. */
    private static Map<String, String> configuration() {
        return Map.of(
                "CARILLON_WORKER_ENABLED", "false",
                "CARILLON_FIRING_POLL", "1s",
                "CARILLON_FIRING_MISFIRE_THRESHOLD", "24h",
                "CARILLON_HISTORY_RETENTION", "3650d");
    }

    private static UUID create(Api api, Line line) throws IOException {
        var answer =
                api.post(
                        "/jobs",
                        Map.of(
                                "name",
                                line.name,
                                "type",
                                "noop",
                                "schedule",
                                line.schedule,
                                "misfire",
                                "FIRE_ALL",
                                "overlap",
                                "ALLOW"));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return UUID.fromString(answer.body().path("id").asText());
    }

    private static void awaitNothingDue(Connection connection) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> dueTriggers(connection) == 0);
    }

    private static long dueTriggers(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select count(*) from qrtz_triggers"
                                        + " where sched_name = 'carillon'"
                                        + " and next_fire_time <= epoch_millis(clock_timestamp())")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static List<String> ledger(Connection connection, UUID jobId) throws SQLException {
        var instants = new ArrayList<String>();
        try (var statement =
                connection.prepareStatement(
                        "select scheduled_at from execution where job_id = ? and state <> 'SKIPPED' order by 1")) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    instants.add(row.getObject(1, OffsetDateTime.class).toInstant().toString());
                }
            }
        }
        return instants;
    }
}
