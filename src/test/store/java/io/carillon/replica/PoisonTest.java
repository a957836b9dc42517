package io.carillon.replica;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.notNullValue;

import io.carillon.support.Jobs;
import io.carillon.support.LoggedLines;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A row that only a hand, or another version, can have written, in each table that a loop reads:
 * everything else goes on, and what stands still is told of.
 */
@QuarkusTest
class PoisonTest {
    @Inject DataSource dataSource;

    private Rows rows;
    private UUID bell;

    @BeforeEach
    void aBellAndNothingOfOtherTests() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
        await().atMost(Duration.ofSeconds(40)).until(() -> setAside().equals("0.0"));
        bell = Jobs.create(Map.of("schedule", Map.of("every", "1s")));
    }

    @AfterEach
    void noPoison() throws SQLException {
        Jobs.delete(bell).then().statusCode(204);
        rows.change("delete from qrtz_triggers where trigger_name = 'not-a-job'");
        rows.change("drop trigger if exists refused on execution");
        rows.change("delete from follow_up");
        rows.change("delete from execution where queue = 'poison'");
        rows.change("delete from worker where host = 'poison'");
        rows.change("delete from queue where name = 'poison'");
        rows.change("delete from calendar where name = 'poison'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "schedule = '{\"cron\": {}}'",
                "schedule = '{\"cron\": \"nonsense\"}'",
                "schedule = '{\"every\": \"PT1H\", \"exclude\": [\"poison\"]}'"
            })
    void aJobOrACalendarThatCannotBeReadIsToldOfAndStopsNoOtherJob(String definition)
            throws Exception {
        rows.change(
                "insert into calendar (id, namespace, name, definition)"
                        + " values (gen_random_uuid(), 'default', 'poison', '{\"entries\": 7}')");
        var poisoned = Jobs.create();
        try (var lines = LoggedLines.ofWarnings()) {
            rows.change("update job set " + definition + " where id = ?", poisoned);
            makeDue(poisoned);

            everythingElseGoesOn();

            await().until(() -> lines.all().stream().anyMatch(line -> tellsOf(line, poisoned)));
            assertThat(lines.withStackTrace()).isEmpty();
        }
        assertThat(setAside()).isEqualTo("1.0");
        assertThat(given().get("/q/health/ready").asString()).containsPattern("\"setAside\": ?1");
        given().get("/api/v1/jobs/" + poisoned)
                .then()
                .statusCode(200)
                .body("fault", notNullValue());
        given().get("/api/v1/jobs?limit=100").then().statusCode(200);
        Jobs.delete(poisoned).then().statusCode(204);
        await().atMost(Duration.ofSeconds(40)).until(() -> setAside().equals("0.0"));
    }

    private static boolean tellsOf(String line, UUID job) {
        return line.contains("set aside") && line.contains(job.toString());
    }

    private static String setAside() {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("carillon_triggers_set_aside"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }

    @Test
    void aTriggerThatIsNoJobsStopsNoOther() throws Exception {
        rows.change(
                """
                insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,
                                           next_fire_time, trigger_state, trigger_type, start_time)
                values ('carillon', 'not-a-job', 'default', 'fire', 'carillon', 1, 'WAITING', 'CARILLON', 0)
                """);

        everythingElseGoesOn();
    }

    @Test
    void anExecutionThatPostgresqlRefusesStopsNoOtherAndIsFiredOnceItIsTaken() throws Exception {
        var refused = refused();
        makeDue(refused);

        everythingElseGoesOn();

        rows.change("drop trigger refused on execution");
        await().atMost(Duration.ofSeconds(40)).until(() -> executed(refused) > 0);
        Jobs.delete(refused).then().statusCode(204);
    }

    @Test
    void aFollowUpThatPostgresqlRefusesStopsNoOther() throws Exception {
        var refused = refused();
        rows.change(
                "insert into follow_up (job_id, cause_id) values (?, gen_random_uuid())", refused);
        var follower = Jobs.create();
        rows.change(
                "insert into follow_up (job_id, cause_id) values (?, gen_random_uuid())", follower);

        await().until(() -> executed(follower) == 1);
        everythingElseGoesOn();
        Jobs.delete(follower).then().statusCode(204);
        rows.change("drop trigger refused on execution");
        Jobs.delete(refused).then().statusCode(204);
    }

    @Test
    void aWorkerAndAQueueThatCannotBeStopNothing() throws Exception {
        rows.change(
                "insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at)"
                        + " values (gen_random_uuid(), 'poison', -1, '', -5, 'RUNNING', '-infinity', '-infinity')");
        rows.change(
                "insert into queue (namespace, name, rate_per_second, next_start_us)"
                        + " values ('default', 'poison', 1e-300, 9223372036854775807)");
        submit("poison");

        everythingElseGoesOn();
    }

    /** A bell rings on, a submission runs, and the replica is ready. */
    private void everythingElseGoesOn() throws SQLException {
        long before = executed(bell);
        await().atMost(Duration.ofSeconds(8)).until(() -> executed(bell) >= before + 3);
        String id = submit("default");
        await().until(() -> state(id).equals("SUCCEEDED"));
        given().get("/q/health/ready").then().statusCode(200);
    }

    private static String submit(String queue) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("type", "noop", "queue", queue))
                .post("/api/v1/executions")
                .then()
                .extract()
                .path("id");
    }

    private static String state(String id) {
        return given().get("/api/v1/executions/" + id).then().extract().path("state");
    }

    /** A job whose executions cannot be stored. */
    private UUID refused() throws SQLException {
        var refused = Jobs.create();
        rows.change(
                """
                create or replace function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'refused by the test'; end $$
                """);
        rows.change(
                "create trigger refused before insert on execution for each row when (new.job_id = '%s')"
                                .formatted(refused)
                        + " execute function refuse()");
        return refused;
    }

    private void makeDue(UUID job) throws SQLException {
        rows.change(
                "update qrtz_triggers set next_fire_time = epoch_millis(clock_timestamp()) - 5"
                        + " where trigger_name = ?",
                job.toString());
    }

    private long executed(UUID job) throws SQLException {
        return rows.number(
                "select count(*) from execution where job_id = ? and state = 'SUCCEEDED'", job);
    }
}
