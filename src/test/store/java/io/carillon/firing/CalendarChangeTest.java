package io.carillon.firing;

import static io.carillon.support.Api.body;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change of a calendar is exact against firing. */
@QuarkusTest
@TestProfile(StillReplica.class)
class CalendarChangeTest {
    private static final long HOUR = 3_600_000;

    @Inject Firing firing;
    @Inject DataSource dataSource;

    private Rows rows;
    private String calendar = "";

    @BeforeEach
    void nothingIsDue() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
        calendar = unique("calendar");
        declare("[]", 201);
    }

    private void declare(String entries, int status) {
        body("{\"entries\": " + entries + "}")
                .put("/api/v1/calendars/" + calendar)
                .then()
                .statusCode(status);
    }

    private UUID anHourlyJob() {
        return Jobs.create(
                Map.of(
                        "schedule",
                        Map.of("every", "1h", "exclude", List.of(calendar)),
                        "misfire",
                        "FIRE_ALL",
                        "overlap",
                        "ALLOW"));
    }

    @Test
    void whatWasDueBeforeTheChangeIsFiredUnderTheFormerCalendar() throws Exception {
        var job = anHourlyJob();
        long due = makeDue(job, 2);

        declare(everyDay(), 422);
        assertThat(ledger(job)).as("a change refused changes nothing").isEmpty();
        declare(allButTheNextDays(), 200);

        assertThat(ledger(job))
                .containsExactly(
                        due + " QUEUED", due + HOUR + " QUEUED", due + 2 * HOUR + " QUEUED");
        assertThat(nextFireTime(job)).isGreaterThan(due + 48 * HOUR);
    }

    @Test
    void aChangeIsARevisionOfEachJobThatUsesTheCalendarAndItsTriggerKnows() throws Exception {
        var job = anHourlyJob();

        declare(allButTheNextDays(), 200);

        assertThat(rows.texts("select version, change from job where id = ?", job))
                .containsExactly("1 CALENDAR");
        assertThat(
                        rows.texts(
                                "select r.version, r.change, r.at < j.updated_at from job_revision r"
                                        + " join job j on j.id = r.job_id where j.id = ?",
                                job))
                .containsExactly("0 CREATED t");
        assertThat(
                        rows.number(
                                "select priority from qrtz_triggers where trigger_name = ?",
                                job.toString()))
                .isEqualTo(1);
        Jobs.post(job + "/revisions/0/restore", Map.of()).then().statusCode(200);
    }

    @Test
    void firingUsesTheCalendarAsItIsNow() throws Exception {
        var job = anHourlyJob();
        makeDue(job, 0);
        firing.fire(10, List.of());
        long before = nextFireTime(job);

        declare(allButTheNextDays(), 200);
        // Back to an instant that the former calendar would let be followed by another at once.
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                before - HOUR * 24,
                job.toString());
        firing.fire(10, List.of());

        assertThat(nextFireTime(job)).isGreaterThan(before + 24 * HOUR);
    }

    @Test
    void changesOfACalendarAndOfItsJobsAtTheSameTimeAllEnd() throws Exception {
        var jobs = IntStream.range(0, 5).mapToObj(it -> anHourlyJob()).toList();
        var work = new ArrayList<Callable<Integer>>();
        for (int round = 0; round < 12; round++) {
            String entries = round % 2 == 0 ? "[{\"date\": \"2090-01-01\"}]" : "[]";
            work.add(
                    () ->
                            body("{\"entries\": " + entries + "}")
                                    .put("/api/v1/calendars/" + calendar)
                                    .statusCode());
            var job = jobs.get(round % jobs.size());
            String every = (round + 2) + "h";
            work.add(
                    () ->
                            Jobs.patch(
                                            job,
                                            Map.of(
                                                    "schedule",
                                                    Map.of(
                                                            "every",
                                                            every,
                                                            "exclude",
                                                            List.of(calendar))))
                                    .statusCode());
            work.add(
                    () -> {
                        anHourlyJob();
                        return 200;
                    });
        }

        try (var pool = Executors.newFixedThreadPool(6)) {
            for (var answer : pool.invokeAll(work)) {
                assertThat(answer.get()).isIn(200, 409);
            }
        }
    }

    private static String everyDay() {
        return "[{\"time\": {\"from\": \"00:00\", \"to\": \"24:00\"}}]";
    }

    /** From yesterday to the day after tomorrow. */
    private String allButTheNextDays() throws SQLException {
        var today =
                Instant.ofEpochMilli(rows.number("select epoch_millis(clock_timestamp())"))
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDate();
        return "[{\"from\": \"%s\", \"to\": \"%s\"}]"
                .formatted(today.minusDays(1), today.plusDays(2));
    }

    /** Makes a job's trigger due {@code hours} ago; returns the instant. */
    private long makeDue(UUID job, int hours) throws SQLException {
        long due = nextFireTime(job) - (hours + 1) * HOUR;
        rows.change("update job set created_at = created_at - interval '1 day' where id = ?", job);
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                due,
                job.toString());
        return due;
    }

    private long nextFireTime(UUID job) throws SQLException {
        return rows.number(
                "select next_fire_time from qrtz_triggers where trigger_name = ?", job.toString());
    }

    private List<String> ledger(UUID job) throws SQLException {
        return rows.texts(
                "select epoch_millis(scheduled_at), state from execution where job_id = ? order by scheduled_at",
                job);
    }
}
