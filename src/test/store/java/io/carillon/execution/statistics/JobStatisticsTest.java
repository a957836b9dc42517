package io.carillon.execution.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Partitions;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept by the day says the same as the ledger, whatever comes late. */
@QuarkusTest
@TestProfile(StillReplica.class)
class JobStatisticsTest {
    private static final UUID JOB = UUID.fromString("01a2c000-0000-7000-8000-000000000001");

    @Inject Engine engine;
    @Inject DataSource dataSource;
    @Inject JobDays days;
    @Inject JobStatistics statistics;
    @Inject Partitions partitions;

    @BeforeEach
    void aDayThatIsOver() throws SQLException {
        engine.clear();
        engine.rows.change("delete from job_day_change");
        dropTheDays();
        makeDay(3);
        makeDay(4);
    }

    @AfterEach
    void dropTheDays() throws SQLException {
        for (int ago : new int[] {3, 4, 40}) {
            for (var table : new String[] {"execution", "job_day"}) {
                engine.rows.change(
                        """
                        do $$ begin
                            execute 'drop table if exists %s_' || to_char((now() at time zone 'UTC')::date - %d, 'YYYYMMDD');
                        end $$
                        """
                                .formatted(table, ago));
            }
        }
    }

    @Test
    void aClosedDayIsCountedOnce() throws SQLException {
        add(3, 1, 90, "SUCCEEDED", 2);
        add(3, 91, 10, "FAILED", 60);
        add(4, 1, 5, "SUCCEEDED", 2);
        add(0, 1, 7, "SUCCEEDED", 2);
        var before = statistics.of(JOB, null, null);

        days.keep();
        var after = statistics.of(JOB, null, null);
        // Only who reads the ledger would miss them.
        engine.rows.change("delete from execution where scheduled_at < now() - interval '2 days'");
        var fromWhatIsKept = statistics.of(JOB, null, null);

        assertThat(before.byState())
                .isEqualTo(Map.of(ExecutionState.SUCCEEDED, 102L, ExecutionState.FAILED, 10L));
        var durations = Objects.requireNonNull(before.duration());
        assertThat(durations.p50()).isBetween(Duration.ofMillis(1980), Duration.ofMillis(2020));
        assertThat(durations.p99()).isBetween(Duration.ofMillis(59_400), Duration.ofMillis(60_600));
        assertThat(after).isEqualTo(before);
        assertThat(fromWhatIsKept).isEqualTo(before);
    }

    @Test
    void aPartOfAClosedDayIsCountedByItsExecutions() throws SQLException {
        add(3, 1, 100, "SUCCEEDED", 2);
        days.keep();
        var midnight = midnight(3);

        assertThat(total(midnight.plusSeconds(11), midnight.plusSeconds(31))).isEqualTo(20);
        assertThat(total(midnight, midnight.plus(Duration.ofDays(1)))).isEqualTo(100);
        assertThat(total(midnight.plusSeconds(1), null)).isEqualTo(100);
        assertThat(total(midnight.plusSeconds(2), null)).isEqualTo(99);
        assertThat(total(null, midnight)).isZero();
        assertThat(total(midnight.plusSeconds(50), midnight.plusSeconds(50))).isZero();
    }

    @Test
    void whatEndsLateIsCountedAsItIs() throws SQLException {
        add(3, 1, 3, "SUCCEEDED", 2);
        add(3, 4, 1, "QUEUED", 0);
        days.keep();
        assertThat(statistics.of(JOB, null, null).byState())
                .isEqualTo(Map.of(ExecutionState.SUCCEEDED, 3L, ExecutionState.QUEUED, 1L));
        assertThat(counted()).isZero();

        engine.rows.change(
                "update execution set state = 'CANCELLED', finished_at = clock_timestamp() where state = 'QUEUED'");
        var ended = Map.of(ExecutionState.SUCCEEDED, 3L, ExecutionState.CANCELLED, 1L);
        assertThat(statistics.of(JOB, null, null).byState()).isEqualTo(ended);

        days.keep();
        assertThat(statistics.of(JOB, null, null).byState()).isEqualTo(ended);
        assertThat(counted()).isEqualTo(1);
        assertThat(engine.rows.number("select count(*) from job_day_change")).isZero();
    }

    @Test
    void whatIsAddedToAClosedDayIsCountedAtOnce() throws SQLException {
        add(3, 1, 3, "SUCCEEDED", 2);
        days.keep();

        engine.rows.change(insert(3, 100, 1, "SKIPPED", 0).replace("null::bigint", "1000"));

        var skipped = Map.of(ExecutionState.SUCCEEDED, 3L, ExecutionState.SKIPPED, 1000L);
        assertThat(statistics.of(JOB, null, null).byState()).isEqualTo(skipped);
        days.keep();
        assertThat(statistics.of(JOB, null, null).byState()).isEqualTo(skipped);
        assertThat(engine.rows.number("select count(*) from job_day_change")).isZero();
    }

    @Test
    void whatIsAddedWhileADayIsClosedIsCounted() throws SQLException {
        add(3, 1, 3, "SUCCEEDED", 2);
        try (var connection = dataSource.getConnection()) {
            addUncommitted(connection, 100);

            days.keep();
            assertThat(total(null, null)).isEqualTo(3);

            connection.commit();
            connection.setAutoCommit(true);
        }
        assertThat(total(null, null)).isEqualTo(4);

        try (var connection = dataSource.getConnection()) {
            addUncommitted(connection, 101);

            days.keep();
            assertThat(total(null, null)).isEqualTo(4);

            connection.commit();
            connection.setAutoCommit(true);
        }
        assertThat(total(null, null)).isEqualTo(5);
        days.keep();
        assertThat(total(null, null)).isEqualTo(5);
    }

    @Test
    void aDayOfStatisticsGoesWithTheLedgers() throws SQLException {
        makeDay(40);
        add(40, 1, 3, "SUCCEEDED", 2);
        days.keep();
        assertThat(total(null, null)).isEqualTo(3);

        partitions.run();

        assertThat(total(null, null)).isZero();
        assertThat(
                        engine.rows.texts(
                                "select to_regclass('job_day_' || to_char((now() at time zone 'UTC')::date - 40,"
                                        + " 'YYYYMMDD')) is null"))
                .containsExactly("t");
    }

    private static String insert(int daysAgo, int first, int count, String state, int seconds) {
        boolean isFinal = ExecutionState.valueOf(state).isFinal();
        return """
        insert into execution (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key,
                               run_at, max_attempts, delivery, timeout_ms, started_at, finished_at, reason, skipped_count)
        select gen_random_uuid(), at, 'default', '%s', 'noop', 'default', '%s', 'SCHEDULE', 5, 0, at, 1,
               'AT_LEAST_ONCE', 1, case when %d > 0 then at end, %s,
               case when '%s' = 'SKIPPED' then 'MISFIRE' end, null::bigint
        from (select ((now() at time zone 'UTC')::date - %d)::timestamp at time zone 'UTC' + n * interval '1 second' as at
              from generate_series(%d, %d) as n) as made
        """
                .formatted(
                        JOB,
                        state,
                        seconds,
                        isFinal ? "at + interval '%d seconds'".formatted(seconds) : "null",
                        state,
                        daysAgo,
                        first,
                        first + count - 1);
    }

    private void add(int daysAgo, int first, int count, String state, int seconds)
            throws SQLException {
        engine.rows.change(insert(daysAgo, first, count, state, seconds));
    }

    private static void addUncommitted(Connection connection, int at) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(insert(3, at, 1, "SUCCEEDED", 2));
        }
    }

    private void makeDay(int ago) throws SQLException {
        engine.rows.texts(
                "select execution_make_partition((now() at time zone 'UTC')::date - ?)", ago);
    }

    private Instant midnight(int ago) throws SQLException {
        return Instant.ofEpochMilli(
                engine.rows.number(
                        "select epoch_millis(((now() at time zone 'UTC')::date - ?)::timestamp at time zone 'UTC')",
                        ago));
    }

    private long counted() throws SQLException {
        return engine.rows.number("select count(*) from job_day where job_id = ?", JOB);
    }

    private long total(@Nullable Instant from, @Nullable Instant to) {
        return statistics.of(JOB, from, to).total();
    }
}
