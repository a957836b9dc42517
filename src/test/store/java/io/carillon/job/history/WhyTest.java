package io.carillon.job.history;

import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import io.carillon.support.Jobs;
import io.carillon.support.Past;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs on the hour, created twenty hours ago unless a test says otherwise. */
@QuarkusTest
@TestProfile(StillReplica.class)
class WhyTest {
    private static final Duration LONG_AGO = Duration.ofHours(20);

    @Inject DataSource dataSource;

    private Past past;
    private Instant hour;

    @BeforeEach
    void thisHour() throws SQLException {
        past = new Past(dataSource);
        hour = past.hour();
    }

    @Test
    void anInstantThatFiredNamesItsExecution() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of("misfire", "FIRE_ONCE"));
        past.nothingFiredFor(job, Duration.ofHours(1));
        Past.settle(job);

        var why = why(job, hour);

        assertThat(verdict(why)).isEqualTo("FIRED");
        assertThat(why.at("/execution/id").textValue())
                .isEqualTo(
                        past.rows()
                                .texts(
                                        "select id from execution where job_id = ? and state = 'QUEUED'",
                                        job)
                                .getFirst());
        assertThat(why.at("/execution/state").textValue()).isEqualTo("QUEUED");
        assertThat(Duration.parse(why.at("/execution/firingDelay").textValue()))
                .isBetween(Duration.ZERO, Duration.ofHours(1));
        assertThat(sentence(why)).contains("after it was planned", "waits for a worker");
        assertThat(why.at("/definition/version").asLong()).isZero();
        assertThat(why.at("/definition/description").textValue()).contains("hour");
    }

    @Test
    void anExecutionThatFailedSaysWithWhat() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        past.nothingFiredFor(job, Duration.ZERO);
        Past.settle(job);
        past.rows()
                .change(
                        "update execution set state = 'RUNNING', worker_id = gen_random_uuid() where job_id = ?",
                        job);
        past.rows()
                .change(
                        "update execution set state = 'FAILED', finished_at = clock_timestamp(),"
                                + " error = '{\"code\": \"TIMEOUT\"}' where job_id = ?",
                        job);

        var why = why(job, hour);

        assertThat(why.at("/execution/code").textValue()).isEqualTo("TIMEOUT");
        assertThat(sentence(why)).contains("failed (TIMEOUT)");
    }

    @ParameterizedTest
    @CsvSource({"-59", "-1", "30", "60"})
    void theNearestInstantWithinAMinuteIsMeant(int secondsOff) throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        past.nothingFiredFor(job, Duration.ofHours(1));
        Past.settle(job);

        var why = why(job, hour.minus(Duration.ofHours(1)).plusSeconds(secondsOff));

        assertThat(why.get("plannedAt").textValue())
                .isEqualTo(hour.minus(Duration.ofHours(1)).toString());
        assertThat(sentence(why)).startsWith("The nearest planned instant is ");
    }

    @Test
    void betweenInstantsNothingIsPlannedAndTheNearestAreSaid() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());

        var why = why(job, hour.minus(Duration.ofMinutes(90)));

        assertThat(verdict(why)).isEqualTo("NOT_PLANNED");
        assertThat(why.get("previous").textValue())
                .isEqualTo(hour.minus(Duration.ofHours(2)).toString());
        assertThat(why.get("next").textValue())
                .isEqualTo(hour.minus(Duration.ofHours(1)).toString());
        assertThat(why.has("plannedAt")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "SKIP, 100, 24h, MISFIRE, the misfire policy SKIP",
        "FIRE_ONCE, 100, 24h, MISFIRE, the misfire policy FIRE_ONCE",
        "FIRE_ALL, 100, 1m, CATCH_UP_WINDOW, the catch-up window of 1 minute",
        "FIRE_ALL, 1, 24h, CATCH_UP_LIMIT, the catch-up limit of 1",
    })
    void aMissedInstantSaysWhichRuleSkippedIt(
            String misfire, int limit, String window, String reason, String words)
            throws SQLException {
        var job =
                past.hourlyJobFrom(
                        LONG_AGO,
                        Map.of("misfire", misfire, "catchUpLimit", limit, "catchUpWindow", window));
        past.nothingFiredFor(job, Duration.ofHours(8));
        Past.settle(job);

        var why = why(job, hour.minus(Duration.ofHours(3)));

        assertThat(verdict(why)).isEqualTo("SKIPPED");
        assertThat(why.get("reason").textValue()).isEqualTo(reason);
        assertThat(sentence(why)).contains(words, "3 hours", "instants from");
        assertThat(why.at("/skipped/from").textValue())
                .isEqualTo(hour.minus(Duration.ofHours(8)).toString());
        assertThat(why.at("/skipped/count").asInt()).isBetween(8, 9);
    }

    @Test
    void whatAPausedJobMissedSaysWhoPausedItSinceWhenAndWhy() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        Jobs.post(job + "/pause", Map.of("note", "moving house")).then().statusCode(200);
        past.versionFrom(job, Duration.ofHours(10));
        past.nothingFiredFor(job, Duration.ofHours(9));
        var meanwhile = why(job, hour.minus(Duration.ofHours(2)));
        assertThat(verdict(meanwhile)).isEqualTo("PAUSED");
        assertThat(sentence(meanwhile)).contains("decided when the job is resumed");
        // Another change of the paused job does not begin another pause.
        Jobs.patch(job, Map.of("priority", 9)).then().statusCode(200);
        Jobs.post(job + "/resume", Map.of()).then().statusCode(200);

        var why = why(job, hour.minus(Duration.ofHours(2)));

        assertThat(verdict(why)).isEqualTo("SKIPPED");
        assertThat(why.get("reason").textValue()).isEqualTo("PAUSED");
        assertThat(why.at("/pause/since").textValue())
                .isEqualTo(hour.minus(Duration.ofMinutes(630)).toString());
        assertThat(why.at("/pause/by").textValue()).isEqualTo("anonymous");
        assertThat(why.at("/pause/note").textValue()).isEqualTo("moving house");
        assertThat(sentence(why)).contains("by anonymous (\"moving house\")", "10 instants");
        assertThat(why.at("/definition/version").asLong()).isEqualTo(1);
    }

    @Test
    void anInstantAheadIsPlannedUnlessTheJobIsPaused() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        var ahead = hour.plus(Duration.ofHours(5));

        assertThat(verdict(why(job, ahead))).isEqualTo("PLANNED");
        assertThat(sentence(why(job, ahead))).contains("it fires in 4 hours");
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        assertThat(verdict(why(job, ahead))).isEqualTo("PAUSED");
        assertThat(sentence(why(job, ahead))).contains("unless the job is resumed before");
    }

    @Test
    void anInstantWhoseTimeHasComeIsDue() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        past.nothingFiredFor(job, Duration.ofHours(1));

        assertThat(verdict(why(job, hour))).isEqualTo("DUE");
    }

    @Test
    void anEarlierDefinitionExplainsItsTime() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        Jobs.patch(job, Map.of("schedule", "30 * * * *")).then().statusCode(200);
        past.versionFrom(job, Duration.ofHours(5));

        var then = why(job, hour.minus(Duration.ofHours(7)).plus(Duration.ofMinutes(30)));
        var now = why(job, hour.minus(Duration.ofHours(2)));

        assertThat(verdict(then)).isEqualTo("NOT_PLANNED");
        assertThat(then.at("/definition/version").asLong()).isZero();
        assertThat(then.at("/definition/schedule/cron").textValue()).isEqualTo("0 * * * *");
        assertThat(then.at("/definition/until").textValue())
                .isEqualTo(hour.minus(Duration.ofMinutes(330)).toString());
        assertThat(verdict(now)).isEqualTo("NOT_PLANNED");
        assertThat(now.at("/definition/version").asLong()).isEqualTo(1);
        assertThat(now.at("/definition").has("until")).isFalse();
    }

    @Test
    void beforeItWasCreatedAndAfterItWasDeletedThereWasNoJob() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        assertThat(verdict(why(job, hour.minus(Duration.ofHours(30)))))
                .isEqualTo("BEFORE_CREATION");
        Jobs.delete(job).then().statusCode(204);
        past.versionFrom(job, Duration.ofHours(4));

        var why = why(job, hour.minus(Duration.ofHours(2)));

        assertThat(verdict(why)).isEqualTo("DELETED");
        assertThat(sentence(why)).contains("by anonymous");
        assertThat(verdict(why(job, hour.plus(Duration.ofHours(2))))).isEqualTo("DELETED");
    }

    @Test
    void aDefinitionWhoseCalendarIsGoneLeavesTheAnswerToTheLedger() throws SQLException {
        String calendar = Api.unique("calendar");
        Api.body("{\"entries\": []}").put("/api/v1/calendars/" + calendar).then().statusCode(201);
        var job = past.hourlyJobFrom(LONG_AGO, Map.of());
        Jobs.patch(
                        job,
                        Map.of(
                                "schedule",
                                Map.of("cron", "0 * * * *", "exclude", List.of(calendar))))
                .then()
                .statusCode(200);
        past.versionFrom(job, Duration.ofHours(8));
        Jobs.patch(job, "{\"schedule\": {\"exclude\": null}}").then().statusCode(200);
        past.versionFrom(job, Duration.ofHours(4));
        io.restassured.RestAssured.given()
                .delete("/api/v1/calendars/" + calendar)
                .then()
                .statusCode(204);

        var why = why(job, hour.minus(Duration.ofHours(6)));

        assertThat(verdict(why)).isEqualTo("UNKNOWN");
        assertThat(sentence(why)).contains("calendar");
    }

    @Test
    void aJobOnDemandPlansNothing() throws SQLException {
        var job = UUID.fromString(Api.createdId(Api.aJob()));

        assertThat(verdict(why(job, hour.plus(Duration.ofHours(2))))).isEqualTo("NO_SCHEDULE");
    }

    @Test
    void whatRetentionHasDroppedIsUnknown() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofDays(60), Map.of());

        var why = why(job, hour.minus(Duration.ofDays(50)));

        assertThat(verdict(why)).isEqualTo("UNKNOWN");
        assertThat(sentence(why)).contains("History is kept for 30 days");
    }

    @Test
    void aSkippedOverlapNamesTheExecutionThatWasActive() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of("misfire", "FIRE_ALL"));
        past.nothingFiredFor(job, Duration.ofHours(1));
        Past.settle(job);
        past.rows().change("update execution set created_at = scheduled_at where job_id = ?", job);
        past.rows()
                .change(
                        "update execution set state = 'SKIPPED', reason = 'OVERLAP', finished_at = clock_timestamp()"
                                + " where job_id = ? and scheduled_at = ?::timestamptz",
                        job,
                        hour.toString());

        var why = why(job, hour);

        assertThat(why.get("reason").textValue()).isEqualTo("OVERLAP");
        assertThat(why.get("overlapped").textValue())
                .isEqualTo(
                        past.rows()
                                .texts(
                                        "select id from execution where job_id = ? and state = 'QUEUED'",
                                        job)
                                .getFirst());
        assertThat(sentence(why)).contains(why.get("overlapped").textValue());
    }

    @Test
    void aBackfillIsSaidBesideWhatTheScheduleDid() throws SQLException {
        var job = past.hourlyJobFrom(LONG_AGO, Map.of("misfire", "SKIP"));
        past.nothingFiredFor(job, Duration.ofHours(3));
        Past.settle(job);
        backfill(job, hour.minus(Duration.ofHours(2)));
        backfill(job, hour.minus(Duration.ofHours(30)));

        var skipped = why(job, hour.minus(Duration.ofHours(2)));
        assertThat(verdict(skipped)).isEqualTo("SKIPPED");
        assertThat(skipped.at("/backfill/state").textValue()).isEqualTo("QUEUED");
        assertThat(sentence(skipped)).contains("A backfill queued it");
        assertThat(verdict(why(job, hour.minus(Duration.ofHours(30))))).isEqualTo("BACKFILLED");
    }

    @Test
    void anUnknownJobIsNotFoundAndAMissingInstantIsNamed() throws SQLException {
        assertProblem(
                Api.get(Api.JOBS + "/{id}/why?at={at}", UUID.randomUUID(), hour.toString()),
                404,
                "not-found");
        assertProblem(Api.get(Api.JOBS + "/{id}/why", Jobs.create()), 400, "invalid-request", "at");
    }

    private static void backfill(UUID job, Instant instant) {
        Jobs.post(
                        job + "/backfill",
                        Map.of("from", instant.toString(), "to", instant.plusSeconds(1).toString()))
                .then()
                .statusCode(202);
    }

    private static JsonNode why(UUID job, Instant at) {
        return Api.tree(Api.get(Api.JOBS + "/{id}/why?at={at}", job, at.toString()), 200);
    }

    private static String verdict(JsonNode why) {
        return why.get("verdict").textValue();
    }

    private static String sentence(JsonNode why) {
        return why.get("sentence").textValue();
    }
}
