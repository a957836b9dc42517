package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is due and cannot be fired costs next to nothing, and delays nothing else. */
@QuarkusTest
class FiringPauseTest {
    /** A second of the other loops and of a job that runs each second takes some tens. */
    private static final long MAX_TRANSACTIONS_A_SECOND = 150;

    @Inject DataSource dataSource;

    private Rows rows;

    @BeforeEach
    void nothingIsDue() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
    }

    @AfterEach
    void noOtherScheduler() throws SQLException {
        rows.change("delete from qrtz_triggers where sched_name = 'other'");
        rows.change("delete from qrtz_job_details where sched_name = 'other'");
    }

    @Test
    void aRowOfAnotherSchedulerDoesNotExistForUs() throws Exception {
        rows.change(
                """
                insert into qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable,
                                              is_nonconcurrent, is_update_data, requests_recovery)
                values ('other', 'job', 'group', 'some.Class', true, false, false, false)
                """);
        rows.change(
                """
                insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,
                                           next_fire_time, trigger_state, trigger_type, start_time)
                values ('other', 'overdue', 'group', 'job', 'group',
                        epoch_millis(clock_timestamp()) - 60000, 'WAITING', 'SIMPLE', 0)
                """);
        var bell = bell();

        assertThat(transactionsASecond(bell)).isLessThan(MAX_TRANSACTIONS_A_SECOND);
    }

    @Test
    void aTriggerThatSomebodyElseHoldsIsNotAskedForInAHotLoop() throws Exception {
        var held = Jobs.create();
        var bell = bell();
        try (var holder = dataSource.getConnection()) {
            holder.setAutoCommit(false);
            // The weakest lock: it keeps firing away, and lets the row be made due meanwhile.
            try (var lock =
                    holder.prepareStatement(
                            "select 1 from qrtz_triggers where trigger_name = ? for key share")) {
                lock.setString(1, held.toString());
                lock.execute();
            }
            rows.change(
                    "update qrtz_triggers set next_fire_time = epoch_millis(clock_timestamp()) - 1"
                            + " where trigger_name = ?",
                    held.toString());

            assertThat(transactionsASecond(bell)).isLessThan(MAX_TRANSACTIONS_A_SECOND);
            assertThat(fired(held)).isZero();
            holder.commit();
            holder.setAutoCommit(true);
        }

        await().atMost(Duration.ofSeconds(8)).until(() -> fired(held) > 0);
    }

    private static UUID bell() {
        return Jobs.create(Map.of("schedule", Map.of("every", "1s")));
    }

    private long fired(UUID job) throws SQLException {
        return rows.number("select count(*) from execution where job_id = ?", job);
    }

    /** Counts over four strokes of a bell, and finds each stroke in time. */
    private long transactionsASecond(UUID bell) throws SQLException {
        await().until(() -> fired(bell) >= 1);
        long before = transactions();
        long startedNanos = System.nanoTime();
        long strokes = fired(bell);
        await().pollInterval(Duration.ofMillis(100)).until(() -> fired(bell) >= strokes + 4);
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        assertThat(
                        rows.number(
                                "select coalesce(max(epoch_millis(created_at) - epoch_millis(scheduled_at)), -1)"
                                        + " from execution where job_id = ?",
                                bell))
                .as("milliseconds from a planned instant to its execution")
                .isBetween(0L, 700L);
        return Math.round((transactions() - before) / seconds);
    }

    private long transactions() throws SQLException {
        return rows.number(
                "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()");
    }
}
