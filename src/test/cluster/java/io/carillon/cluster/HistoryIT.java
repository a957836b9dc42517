package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** History goes by the day, without anybody asking for it. */
class HistoryIT {
    @Test
    void aDayPastRetentionIsDroppedInTheBackgroundAndOneInsideIsNot() throws Exception {
        try (var postgres = new TestPostgres()) {
            try (var first = Replica.start(postgres).awaitReady()) {
                first.stop();
            }
            makeDayWithAnExecution(postgres, 31, "SUCCEEDED");
            makeDayWithAnExecution(postgres, 32, "BLOCKED");
            makeDayWithAnExecution(postgres, 29, "SUCCEEDED");
            assertThat(days(postgres, 31, 32, 29)).isEqualTo(3);
            wasDueLongAgo(postgres, "ledger-days");

            try (var second = Replica.start(postgres).awaitReady()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> days(postgres, 31) == 0);

                assertThat(days(postgres, 29)).as("inside of retention").isEqualTo(1);
                assertThat(days(postgres, 32)).as("not all of it has ended").isEqualTo(1);
                assertThat(number(postgres, "select count(*) from execution")).isEqualTo(2);
                long oldest =
                        number(
                                postgres,
                                "select extract(epoch from (now() at time zone 'UTC')::date - 32)::bigint");
                // Yesterday, today and seven ahead were made when the tables were. The replica has
                // looked at them before, too, when the first one's duty was the last.
                Awaitility.await()
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> metric(second, "carillon_history_partitions") == 9 + 2);
                assertThat(metric(second, "carillon_history_oldest_timestamp_seconds"))
                        .isEqualTo(oldest);
                assertThat(metric(second, "carillon_history_bytes")).isPositive();
                assertThat(metric(second, "carillon_history_prune_timestamp_seconds"))
                        .isGreaterThan(oldest);
            }
        }
    }

    private static void makeDayWithAnExecution(TestPostgres postgres, int daysAgo, String state)
            throws SQLException {
        number(
                postgres,
                "select execution_make_partition((now() at time zone 'UTC')::date - %d)::int"
                        .formatted(daysAgo));
        number(
                postgres,
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, finished_at)
                select gen_random_uuid(), at, 'default', 'noop', 'default', '%1$s', 'SUBMIT', 5, 0, at, 1,
                       'AT_LEAST_ONCE', 1000, case when '%1$s' = 'SUCCEEDED' then at end
                from (select ((now() at time zone 'UTC')::date - %2$d)::timestamp at time zone 'UTC') as day (at)
                returning 1
                """
                        .formatted(state, daysAgo));
    }

    /** As if no replica had been there meanwhile. */
    private static void wasDueLongAgo(TestPostgres postgres, String duty) throws SQLException {
        number(
                postgres,
                """
                update qrtz_triggers set next_fire_time = next_fire_time - 86400000
                where sched_name = 'carillon-housekeeping' and trigger_name = '%s'
                returning 1
                """
                        .formatted(duty));
    }

    private static long days(TestPostgres postgres, int... daysAgo) throws SQLException {
        long found = 0;
        for (int days : daysAgo) {
            found +=
                    number(
                            postgres,
                            "select count(*) from pg_class where relname = 'execution_'"
                                    + " || to_char((now() at time zone 'UTC')::date - %d, 'YYYYMMDD')"
                                            .formatted(days));
        }
        return found;
    }

    private static long number(TestPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long metric(Replica replica, String name) throws Exception {
        var request = HttpRequest.newBuilder(replica.uri("/q/metrics")).build();
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name))
                    .map(
                            line ->
                                    (long)
                                            Double.parseDouble(
                                                    line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElse(-1L);
        }
    }
}
