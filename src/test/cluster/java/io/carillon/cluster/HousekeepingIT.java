package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Duties of several replicas: whose turn it is, and that it is somebody's. */
class HousekeepingIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Map<String, String> OFTEN =
            Map.of("CARILLON_FIRING_RECONCILE_EVERY", "1s", "CARILLON_QUEUE_SAMPLE_EVERY", "1s");

    /** Each beginning of a duty, with the planned instant that Quartz had it for. */
    private static final List<String> RECORD =
            List.of(
                    "create table begun (duty varchar, due_at timestamptz, node varchar,"
                            + " at timestamptz default clock_timestamp())",
                    """
                    create function record_begun() returns trigger language plpgsql as $$
                    begin
                        insert into begun (duty, due_at, node) values (new.duty, new.due_at, new.node);
                        return null;
                    end $$
                    """,
                    "create trigger begun after insert or update of started_at on housekeeping"
                            + " for each row when (new.started_at is not null) execute function record_begun()");

    private static final String BEGUN_TWICE =
            """
            select coalesce(string_agg(duty || ' at ' || due_at || ' on ' || nodes, ', '), 'none') from (
                select duty, due_at, string_agg(node, ' and ') as nodes from begun
                group by duty, due_at having count(*) > 1) as twice
            """;

    /**
     * Instants of the one-second duties that nobody began, between the first and the last that
     * somebody did.
     */
    private static final String NOT_BEGUN =
            """
            select coalesce(string_agg(duty || ' at ' || due_at, ', '), 'none') from (
                select duty, generate_series(min(due_at), max(due_at), interval '1 second') as due_at
                from begun where duty in ('trigger-repair', 'time-zone-update', 'queue-counts')
                group by duty) as planned
            where not exists (select from begun b where b.duty = planned.duty and b.due_at = planned.due_at)
            """;

    @Test
    void eachDutyIsBegunOnceForEachInstantItIsDueByOneOfThreeReplicas() throws Exception {
        try (var postgres = new TestPostgres()) {
            // Together, on tables that one of them has just made.
            var replicas = Stream.generate(() -> start(postgres)).limit(3).toList();
            try {
                replicas.forEach(Replica::awaitReady);
                record(postgres);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> begun(postgres, "queue-counts") >= 20);

                assertThat(text(postgres, BEGUN_TWICE)).isEqualTo("none");
                assertThat(text(postgres, NOT_BEGUN)).isEqualTo("none");
                assertThat(begun(postgres, "trigger-repair")).isGreaterThan(10);
                assertThat(begun(postgres, "time-zone-update")).isGreaterThan(10);
                for (var replica : replicas) {
                    assertThat(metric(replica, "carillon_housekeeping_overdue")).containsOnly(0.0);
                    assertThat(metric(replica, "carillon_housekeeping_age_seconds"))
                            .hasSize(11)
                            .allMatch(age -> age >= 0);
                }
            } finally {
                replicas.forEach(Replica::close);
            }
        }
    }

    @Test
    void replicasThatScheduleTheSameNewDutiesAtTheSameTimeAllStart() throws Exception {
        try (var postgres = new TestPostgres()) {
            try (var first = start(postgres).awaitReady()) {
                first.stop();
            }
            for (String table : List.of("simple_triggers", "triggers", "job_details")) {
                change(
                        postgres,
                        "delete from qrtz_%s where sched_name = 'carillon-housekeeping'"
                                .formatted(table));
            }
            try (var holder = postgres.connect();
                    var statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute(
                        "select from qrtz_locks where sched_name = 'carillon-housekeeping' for update");
                try (var one = start(postgres);
                        var other = start(postgres)) {
                    // Both have seen that there is nothing, or one waits before it looks.
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .until(
                                    () ->
                                            number(
                                                            postgres,
                                                            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                                                    == 2);

                    holder.commit();

                    one.awaitReady();
                    other.awaitReady();
                }
            }
        }
    }

    @Test
    void theDutiesOfAReplicaThatIsKilledMoveToAnother() throws Exception {
        try (var postgres = new TestPostgres();
                var one = start(postgres).awaitReady();
                var other = start(postgres).awaitReady()) {
            record(postgres);
            // Whoever begins the next is killed while it is at it.
            change(
                    postgres,
                    """
                    create function slow() returns trigger language plpgsql as
                    $$ begin perform pg_sleep(120); return new; end $$
                    """);
            change(
                    postgres,
                    "create trigger slow before insert on queue_sample for each row execute function slow()");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !nodeAt(postgres, "queue-counts").isEmpty());
            var killed = nodeAt(postgres, "queue-counts").endsWith(":" + one.pid()) ? one : other;
            var left = killed == one ? other : one;

            killed.kill();
            // A statement that sleeps does not notice that its client is gone.
            text(
                    postgres,
                    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
            change(postgres, "drop trigger slow on queue_sample");

            for (var duty : List.of("queue-counts", "trigger-repair", "time-zone-update")) {
                Awaitility.await(duty)
                        .atMost(Duration.ofSeconds(60))
                        .until(
                                () ->
                                        number(
                                                        postgres,
                                                        """
                                                        select count(*) from housekeeping
                                                        where duty = '%s' and node like '%%:%d'
                                                          and succeeded_at > started_at
                                                        """
                                                                .formatted(duty, left.pid()))
                                                == 1);
            }
            assertThat(left.isReady()).isTrue();
        }
    }

    /** The node whose session waits in a duty's statement. */
    private static String nodeAt(TestPostgres postgres, String duty) throws SQLException {
        return text(
                postgres,
                """
                select coalesce(max(node), '') from housekeeping h
                where duty = '%s' and started_at > coalesce(succeeded_at, '-infinity')
                  and exists (select from pg_stat_activity
                              where wait_event = 'PgSleep' and application_name = 'carillon')
                """
                        .formatted(duty));
    }

    @Test
    void aDutyThatFailsHoldsUpNoOtherAndIsTold() throws Exception {
        try (var postgres = new TestPostgres();
                var replica = start(postgres).awaitReady()) {
            change(
                    postgres,
                    """
                    create function refuse() returns trigger language plpgsql as
                    $$ begin raise exception 'refused by the test'; end $$
                    """);
            change(
                    postgres,
                    "create trigger refused before insert on queue_sample for each row execute function refuse()");
            record(postgres);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    begun(postgres, "queue-counts") >= 3
                                            && begun(postgres, "trigger-repair") >= 3);

            assertThat(text(postgres, "select error from housekeeping where duty = 'queue-counts'"))
                    .contains("refused by the test");
            assertThat(replica.isReady()).isTrue();
            assertThat(replica.log().lines().filter(line -> line.contains("queue-counts failed")))
                    .singleElement()
                    .asString()
                    .contains("refused by the test");
            assertThat(replica.log()).doesNotContain("\tat ");
            change(postgres, "drop trigger refused on queue_sample");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> replica.log().contains("queue-counts works again"));
        }
    }

    @Test
    void aDatabaseThatIsAwayIsALineAndDutiesGoOnWhenItIsBack() throws Exception {
        try (var postgres = new TestPostgres();
                var replica = start(postgres).awaitReady()) {
            record(postgres);
            Awaitility.await().until(() -> begun(postgres, "queue-counts") >= 2);

            postgres.stop();
            // Quartz's threads say so every fourth time, which is once a minute.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> replica.log().contains("housekeeping-scheduler failed"));
            postgres.startAgain();
            long before = begun(postgres, "queue-counts");

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> begun(postgres, "queue-counts") >= before + 3);
            assertThat(replica.log()).doesNotContain("\tat ");
            assertThat(
                            replica.log()
                                    .lines()
                                    .filter(line -> line.contains("housekeeping-scheduler failed"))
                                    .count())
                    .isLessThan(5);
        }
    }

    @Test
    void aReplicaThatDoesNotFireDoesNoHousekeepingAndShowsThatOfOthers() throws Exception {
        try (var postgres = new TestPostgres();
                var firing = start(postgres).awaitReady();
                var answering =
                        Replica.start(
                                        postgres,
                                        Map.of("CARILLON_FIRING_ENABLED", "false"),
                                        List.of())
                                .awaitReady()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    metric(answering, "carillon_housekeeping_age_seconds").stream()
                                                    .allMatch(age -> age >= 0)
                                            && number(
                                                            postgres,
                                                            "select count(*) from housekeeping"
                                                                    + " where succeeded_at is null")
                                                    == 0);

            assertThat(
                            number(
                                    postgres,
                                    "select count(*) from housekeeping where node not like '%%:%d'"
                                            .formatted(firing.pid())))
                    .isZero();
            assertThat(
                            number(
                                    postgres,
                                    "select count(*) from qrtz_scheduler_state"
                                            + " where sched_name = 'carillon-housekeeping'"))
                    .isEqualTo(1);
        }
    }

    private static Replica start(TestPostgres postgres) {
        return Replica.start(postgres, OFTEN, List.of());
    }

    private static void record(TestPostgres postgres) throws SQLException {
        for (String sql : RECORD) {
            change(postgres, sql);
        }
    }

    private static long begun(TestPostgres postgres, String duty) throws SQLException {
        return number(postgres, "select count(*) from begun where duty = '%s'".formatted(duty));
    }

    private static void change(TestPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(TestPostgres postgres, String sql) throws SQLException {
        return Long.parseLong(text(postgres, sql));
    }

    private static String text(TestPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static List<Double> metric(Replica replica, String name) throws Exception {
        var request =
                HttpRequest.newBuilder(replica.uri("/q/metrics"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .timeout(Duration.ofSeconds(10))
                        .build();
        var values = new ArrayList<Double>();
        HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .forEach(
                        line ->
                                values.add(
                                        Double.parseDouble(
                                                line.substring(line.lastIndexOf(' ') + 1))));
        return values;
    }
}
