package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(StillReplica.class)
class FiringTest {
    private static final long HOUR = 3_600_000;

    @Inject Firing firing;
    @Inject DataSource dataSource;

    private Rows rows;

    @BeforeEach
    void nothingIsDue() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
    }

    @Test
    void aDueTriggerBecomesAnExecutionAndAnAdvancedTrigger() throws Exception {
        var job = Jobs.create();
        long due = makeDue(job, 0);

        var round = firing.fire(10, List.of());

        assertThat(round.triggers()).isEqualTo(1);
        assertThat(ledger(job)).containsExactly(due + " QUEUED null null");
        assertThat(nextFireTime(job)).isEqualTo(due + HOUR);
        assertThat(rows.number(PREVIOUS, job.toString())).as("last fired").isEqualTo(due);
        assertThat(firing.fire(10, List.of()).triggers()).as("a second look").isZero();
    }

    @Test
    void aTriggerWithNothingAheadIsComplete() throws Exception {
        var job = Jobs.create(Map.of("schedule", Map.of("every", "1h", "maxRuns", 1)));
        rows.change(
                "update qrtz_triggers set next_fire_time = epoch_millis((select created_at from job where id = ?))"
                        + " where trigger_name = ?",
                job,
                job.toString());
        rows.change("update job set created_at = created_at - interval '1 hour' where id = ?", job);

        assertThat(firing.fire(10, List.of()).triggers()).isEqualTo(1);

        assertThat(
                        rows.texts(
                                "select trigger_state, next_fire_time from qrtz_triggers where trigger_name = ?",
                                job.toString()))
                .containsExactly("COMPLETE null");
    }

    /** Quartz lets several schedulers share its tables, each with the rows of its name. */
    @Test
    void aTriggerOfAnotherSchedulerIsNotFired() throws Exception {
        var job = Jobs.create();
        makeDue(job, 0);
        rows.change(
                "insert into qrtz_job_details select (jsonb_populate_record(d, '{\"sched_name\": \"another\"}')).*"
                        + " from qrtz_job_details d where sched_name = 'carillon'");
        rows.change(
                "update qrtz_triggers set sched_name = 'another' where trigger_name = ?",
                job.toString());
        try {
            assertThat(firing.fire(10, List.of()).triggers()).isZero();
            assertThat(ledger(job)).isEmpty();
        } finally {
            rows.change("delete from qrtz_triggers where sched_name = 'another'");
            rows.change("delete from qrtz_job_details where sched_name = 'another'");
        }
    }

    @Test
    void aTriggerIsNotFiredBeforeItsTime() throws Exception {
        var job = Jobs.create();
        rows.change(
                "update qrtz_triggers set next_fire_time = epoch_millis(clock_timestamp()) + 1500"
                        + " where trigger_name = ?",
                job.toString());

        int fired = firing.fire(10, List.of()).triggers();

        assumeThat(
                        rows.number(
                                "select (next_fire_time > epoch_millis(clock_timestamp()))::int"
                                        + " from qrtz_triggers where trigger_name = ?",
                                job.toString()))
                .as("the test was quick enough")
                .isEqualTo(1);
        assertThat(fired).isZero();
        assertThat(ledger(job)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"SKIP,0", "FIRE_ONCE,1", "FIRE_ALL,3"})
    void whatWasMissedForEightHoursIsExecutedByPolicyAndAccountedForInFull(
            String misfire, int executed) throws Exception {
        var job = Jobs.create(Map.of("misfire", misfire, "catchUpLimit", 3));
        long due = makeDue(job, 8);

        firing.fire(10, List.of());

        assertThat(rows.number(COUNT + " and state in ('QUEUED', 'BLOCKED')", job))
                .isEqualTo(executed);
        assertThat(rows.number(COUNT_SKIPPED, job)).isEqualTo(9 - executed);
        assertThat(
                        rows.number(
                                "select count(*) from execution where job_id = ? and state = 'SKIPPED'",
                                job))
                .as("coalesced rows")
                .isEqualTo(1);
        assertThat(nextFireTime(job)).isEqualTo(due + 9 * HOUR);
    }

    @Test
    void aFiringThatFailsHalfwayHasDoneNothing() throws Exception {
        var job = Jobs.create();
        long due = makeDue(job, 0);
        failOn("update", "qrtz_triggers");
        try {
            assertThatThrownBy(() -> firing.fire(10, List.of()))
                    .isInstanceOf(RefusedBatchException.class);
        } finally {
            failNoMore("qrtz_triggers");
        }

        assertThat(ledger(job)).isEmpty();
        assertThat(nextFireTime(job)).isEqualTo(due);
        firing.fire(10, List.of());
        assertThat(ledger(job)).hasSize(1);
    }

    @Test
    void aJobIsNotCreatedWithoutItsTriggerNorChangedWithoutIt() throws Exception {
        var job = Jobs.create();
        failOn("insert or update", "qrtz_triggers");
        try {
            var refused =
                    Jobs.post(
                            "",
                            Map.of(
                                    "name",
                                    "half-created",
                                    "type",
                                    "noop",
                                    "schedule",
                                    Map.of("every", "1h")));
            assertThat(refused.statusCode()).isEqualTo(500);
            assertThat(Jobs.patch(job, Map.of("schedule", Map.of("every", "2h"))).statusCode())
                    .isEqualTo(500);
        } finally {
            failNoMore("qrtz_triggers");
        }

        assertThat(rows.number("select count(*) from job where name = 'half-created'")).isZero();
        assertThat(rows.texts("select schedule ->> 'every', version from job where id = ?", job))
                .containsExactly("PT1H 0");
    }

    @Test
    void replicasThatFireAtTheSameTimeShareTheTriggersAndDoubleNone() throws Exception {
        var jobs = new ArrayList<UUID>();
        for (int index = 0; index < 200; index++) {
            jobs.add(Jobs.create());
        }
        for (var job : jobs) {
            makeDue(job, 0);
        }

        int fired = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> replicas = new ArrayList<>();
            for (int replica = 0; replica < 4; replica++) {
                replicas.add(this::fireAll);
            }
            for (var result : threads.invokeAll(replicas)) {
                fired += result.get();
            }
        }

        assertThat(fired).isEqualTo(200);
        for (var job : jobs) {
            assertThat(ledger(job)).hasSize(1);
        }
    }

    @Test
    void aTriggerWhoseScheduleDoesNotCompileIsLeftAsItIsAndHoldsUpNoOther() throws Exception {
        var broken = Jobs.create();
        var sound = Jobs.create();
        long due = makeDue(broken, 1);
        makeDue(sound, 0);
        rows.change("update job set schedule = '{\"cron\": \"nonsense\"}' where id = ?", broken);

        var round = firing.fire(10, List.of());

        assertThat(ledger(sound)).hasSize(1);
        assertThat(ledger(broken)).isEmpty();
        assertThat(round.faults()).containsOnlyKeys(broken.toString());
        assertThat(
                        rows.texts(
                                "select trigger_state, next_fire_time from qrtz_triggers where trigger_name = ?",
                                broken.toString()))
                .as("for another version to fire, or this one once it is mended")
                .containsExactly("WAITING " + due);
        Jobs.delete(broken).then().statusCode(204);
    }

    @Test
    void pausingFiresWhatIsDueAndNothingAfter() throws Exception {
        var job = Jobs.create();
        long due = makeDue(job, 0);

        Jobs.post(job + "/pause", Map.of("note", "moving")).then().statusCode(200);

        assertThat(ledger(job)).containsExactly(due + " QUEUED null null");
        makeDue(job, 0);
        assertThat(firing.fire(10, List.of()).triggers()).as("a paused trigger").isZero();
    }

    @Test
    void resumingSkipsWhatWasMissedAndSaysSo() throws Exception {
        var job = Jobs.create();
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        long due = makeDue(job, 4);

        Jobs.post(job + "/resume", Map.of()).then().statusCode(200);

        assertThat(ledger(job)).containsExactly(due + " SKIPPED PAUSED 5");
        assertThat(nextFireTime(job)).isEqualTo(due + 5 * HOUR);
    }

    @Test
    void resumingWithACatchUpExecutesWhatItAsksFor() throws Exception {
        var job = Jobs.create();
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        makeDue(job, 4);

        Jobs.post(job + "/resume", Map.of("catchUp", "FIRE_ALL")).then().statusCode(200);

        assertThat(rows.number(COUNT + " and state in ('QUEUED', 'BLOCKED')", job)).isEqualTo(5);
    }

    @Test
    void whatAPausedJobHasMissedOutlastsChangesThatLeaveItsSchedule() throws Exception {
        var job = Jobs.create(Map.of("overlap", "ALLOW"));
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        makeDue(job, 4);

        Jobs.patch(job, Map.of("description", "being looked at")).then().statusCode(200);
        Jobs.post(job + "/pause", Map.of("note", "still")).then().statusCode(200);
        assertThat(ledger(job)).isEmpty();
        Jobs.post(job + "/resume", Map.of("catchUp", "FIRE_ALL")).then().statusCode(200);

        assertThat(rows.number(COUNT + " and state = 'QUEUED'", job)).isEqualTo(5);
    }

    @Test
    void deletingFiresWhatWasDueAndCancelsWhatHasNotStarted() throws Exception {
        var job = Jobs.create();
        long due = makeDue(job, 0);

        Jobs.delete(job).then().statusCode(204);

        assertThat(ledger(job)).containsExactly(due + " CANCELLED JOB_DELETED null");
        assertThat(
                        rows.number(
                                "select count(*) from qrtz_triggers where trigger_name = ?",
                                job.toString()))
                .isZero();
    }

    @Test
    void anIntervalKeepsItsPhaseOverCatchUpAndChange() throws Exception {
        var job =
                Jobs.create(
                        Map.of(
                                "schedule",
                                Map.of("every", "1h", "startAt", "2026-01-01T00:07:00Z")));
        makeDueAt(job, 1_767_226_020_000L);

        firing.fire(10, List.of());
        assertThat(nextFireTime(job) % HOUR).isEqualTo(7 * 60_000);

        Jobs.patch(job, Map.of("schedule", Map.of("every", "30m"))).then().statusCode(200);
        assertThat(nextFireTime(job) % (HOUR / 2)).isEqualTo(7 * 60_000);
    }

    @Test
    void aChangedJobFiresByItsNewDefinitionAlthoughTheOldOneIsKept() throws Exception {
        var job = Jobs.create(Map.of("priority", 2));
        long due = makeDue(job, 0);
        firing.fire(10, List.of());
        Jobs.patch(job, Map.of("priority", 8)).then().statusCode(200);
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        Jobs.post(job + "/resume", Map.of()).then().statusCode(200);
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                due + 1,
                job.toString());

        firing.fire(10, List.of());

        assertThat(
                        rows.texts(
                                "select priority from execution where job_id = ? order by scheduled_at",
                                job))
                .containsExactly("2", "8");
        assertThat(
                        rows.texts(
                                "select version - t.priority from job join qrtz_triggers t"
                                        + " on t.trigger_name = id::text where id = ?",
                                job))
                .as("the trigger's version is the job's")
                .containsExactly("0");
    }

    @Test
    void settlingMoreThanOneDecisionTakesInLeavesNothingDue() throws Exception {
        var job = Jobs.create(Map.of("schedule", Map.of("every", "100ms"), "misfire", "FIRE_ALL"));
        long now = rows.number("select epoch_millis(clock_timestamp()) / 100 * 100");
        rows.change(
                "update job set created_at = timestamptz 'epoch' + ? * interval '1 millisecond',"
                        + " catch_up_limit = 10000 where id = ?",
                now - 300_000,
                job);
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                now - 200_000,
                job.toString());

        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);

        assertThat(rows.number(COUNT, job)).isGreaterThanOrEqualTo(2001);
        assertThat(
                        rows.number(
                                "select count(*) from execution where job_id = ? and scheduled_at"
                                        + " not in (select timestamptz 'epoch' + (? + 100 * n) * interval '1 millisecond'"
                                        + " from generate_series(0, 10000) as n)",
                                job,
                                now - 200_000))
                .as("instants that were not planned")
                .isZero();
    }

    private static final String PREVIOUS =
            "select prev_fire_time from qrtz_triggers where trigger_name = ?";
    private static final String COUNT = "select count(*) from execution where job_id = ?";
    private static final String COUNT_SKIPPED =
            "select coalesce(sum(skipped_count), 0) from execution where job_id = ? and state = 'SKIPPED'";

    private Integer fireAll() throws SQLException {
        int fired = 0;
        for (int empty = 0; empty < 3; ) {
            int triggers = firing.fire(10, List.of()).triggers();
            fired += triggers;
            empty = triggers == 0 ? empty + 1 : 0;
        }
        return fired;
    }

    /** Moves a trigger to the latest planned instant, or to one {@code hoursAgo} before it. */
    private long makeDue(UUID job, int hoursAgo) throws SQLException {
        long due =
                rows.number("select epoch_millis(created_at) from job where id = ?", job)
                        - hoursAgo * HOUR;
        makeDueAt(job, due);
        return due;
    }

    private void makeDueAt(UUID job, long due) throws SQLException {
        // The phase is the creation time's, which therefore has to be before what is due.
        rows.change(
                "update job set created_at = timestamptz 'epoch' + ? * interval '1 millisecond' where id = ?",
                due - HOUR,
                job);
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                due,
                job.toString());
    }

    private long nextFireTime(UUID job) throws SQLException {
        return rows.number(
                "select next_fire_time from qrtz_triggers where trigger_name = ?", job.toString());
    }

    private List<String> ledger(UUID job) throws SQLException {
        return rows.texts(
                "select epoch_millis(scheduled_at), state, reason, skipped_count from execution"
                        + " where job_id = ? order by scheduled_at",
                job);
    }

    /** Has PostgreSQL refuse to write a table, as a full disk or a lost connection would. */
    private void failOn(String operation, String table) throws SQLException {
        rows.change(
                """
                create or replace function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'refused by the test'; end $$
                """);
        rows.change(
                "create trigger refused before %s on %s for each row execute function refuse()"
                        .formatted(operation, table));
    }

    private void failNoMore(String table) throws SQLException {
        rows.change("drop trigger refused on " + table);
    }
}
