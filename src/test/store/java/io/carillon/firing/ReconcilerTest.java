package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows broken by hand, as only hands can. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ReconcilerTest {
    @Inject Reconciler reconciler;
    @Inject DataSource dataSource;

    private Rows rows;

    @BeforeEach
    void everythingIsSound() throws SQLException {
        rows = new Rows(dataSource);
        reconciler.runOnce();
    }

    @Test
    void whatIsSoundIsLeftAlone() throws SQLException {
        var job = Jobs.create();
        var before = trigger(job);

        assertThat(reconciler.runOnce()).isEmpty();
        assertThat(trigger(job)).isEqualTo(before);
    }

    @Test
    void aJobThatLostItsTriggerGetsOneThatGoesOnWhereTheLedgerEnds() throws SQLException {
        var job = Jobs.create();
        var before = trigger(job);
        rows.change("delete from qrtz_triggers where trigger_name = ?", job.toString());

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.MISSING_TRIGGER, 1));
        assertThat(trigger(job)).isEqualTo(before);
        assertThat(
                        rows.texts(
                                "select actor, action, details ->> 'kind' from audit"
                                        + " where job_id = ? and action <> 'JOB_CREATED'",
                                job))
                .containsExactly("carillon TRIGGER_REPAIRED MISSING_TRIGGER");
    }

    @Test
    void aTriggerWithoutAJobIsRemoved() throws SQLException {
        var job = Jobs.create();
        rows.change("update job set deleted_at = clock_timestamp() where id = ?", job);

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.ORPHANED_TRIGGER, 1));
        assertThat(rows.texts("select 1 from qrtz_triggers where trigger_name = ?", job.toString()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACQUIRED", "BLOCKED", "ERROR"})
    void aTriggerInAStateOfStockQuartzWaitsAgain(String state) throws SQLException {
        var job = Jobs.create();
        var before = trigger(job);
        rows.change(
                "update qrtz_triggers set trigger_state = ? where trigger_name = ?",
                state,
                job.toString());

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.ODD_STATE, 1));
        assertThat(trigger(job)).isEqualTo(before);
    }

    @Test
    void theJobSaysWhetherATriggerIsPaused() throws SQLException {
        var job = Jobs.create();
        rows.change(
                "update qrtz_triggers set trigger_state = 'PAUSED' where trigger_name = ?",
                job.toString());

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.PAUSE_MISMATCH, 1));
        assertThat(trigger(job)).startsWith("WAITING");
    }

    @Test
    void aTriggerWithoutANextFireTimeGetsItsOwnBack() throws SQLException {
        var job = Jobs.create();
        var before = trigger(job);
        rows.change(
                "update qrtz_triggers set next_fire_time = null where trigger_name = ?",
                job.toString());

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.NO_NEXT_FIRE_TIME, 1));
        assertThat(trigger(job)).isEqualTo(before);
    }

    @Test
    void aTriggerFiresByTheVersionThatItsJobHas() throws SQLException {
        var job = Jobs.create();
        rows.change("update job set version = 7 where id = ?", job);

        assertThat(reconciler.runOnce()).isEqualTo(Map.of(Reconciler.Kind.VERSION_MISMATCH, 1));
        assertThat(
                        rows.number(
                                "select priority from qrtz_triggers where trigger_name = ?",
                                job.toString()))
                .isEqualTo(7);
    }

    private String trigger(UUID job) throws SQLException {
        return rows.texts(
                        "select trigger_state, next_fire_time from qrtz_triggers where trigger_name = ?",
                        job.toString())
                .getFirst();
    }
}
