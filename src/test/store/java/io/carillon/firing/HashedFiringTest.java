package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled schedules are shared by text: what depends on the job itself must not be. */
@QuarkusTest
@TestProfile(StillReplica.class)
class HashedFiringTest {
    private static final long DAY = 86_400_000;

    @Inject Firing firing;
    @Inject DataSource dataSource;

    private Rows rows;

    @BeforeEach
    void nothingIsDue() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H H * * *", "h h * * *"})
    void jobsWithTheSameHashedExpressionKeepTheirOwnTimeOfDay(String cron) throws Exception {
        for (int job = 0; job < 3; job++) {
            var id = Jobs.create(Map.of("schedule", Map.of("cron", cron)));
            long first = nextFireTime(id);
            rows.change(
                    "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                    first - DAY,
                    id.toString());

            firing.fire(10, List.of());

            assertThat(nextFireTime(id)).isEqualTo(first);
        }
    }

    private long nextFireTime(UUID job) throws SQLException {
        return rows.number(
                "select next_fire_time from qrtz_triggers where trigger_name = ?", job.toString());
    }
}
