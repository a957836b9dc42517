package io.carillon.job.planning;

import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import io.carillon.support.Jobs;
import io.carillon.support.Past;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StillReplica.class)
class BackfillTest {
    @Inject DataSource dataSource;

    private Past past;
    private Instant hour;

    @BeforeEach
    void thisHour() throws SQLException {
        past = new Past(dataSource);
        hour = past.hour();
    }

    @Test
    void theHoursBeforeAJobWasCreatedAreExecutedOnceHoweverOftenAsked() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ZERO, Map.of());
        var from = hour.minus(Duration.ofDays(400));
        var to = from.plus(Duration.ofHours(24));

        var dry = backfill(job, from, to, true);

        assertThat(past.ledger(job)).as("a dry run queues nothing").isEmpty();
        assertThat(dry.get("queued").asInt()).isEqualTo(24);
        assertThat(dry.get("first").textValue()).isEqualTo(from.toString());
        assertThat(dry.get("last").textValue()).isEqualTo(to.minus(Duration.ofHours(1)).toString());

        assertThat(backfill(job, from, to, false).get("queued").asInt()).isEqualTo(24);
        assertThat(planned(job))
                .hasSize(24)
                .startsWith(from)
                .endsWith(to.minus(Duration.ofHours(1)));

        var again = backfill(job, from, to.plus(Duration.ofHours(2)), false);

        assertThat(again.get("queued").asInt()).isEqualTo(2);
        assertThat(again.get("alreadyExecuted").asInt()).isEqualTo(24);
        assertThat(planned(job)).doesNotHaveDuplicates().hasSize(26);
        assertThat(
                        past.rows()
                                .texts(
                                        "select distinct action, details ->> 'queued' from audit where job_id = ?"
                                                + " and action = 'JOB_BACKFILLED' order by 2",
                                        job))
                .containsExactly("JOB_BACKFILLED 2", "JOB_BACKFILLED 24");
    }

    @Test
    void skippedInstantsGetAnExecutionOfTheirOwnAndStaySkipped() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofHours(20), Map.of("misfire", "FIRE_ONCE"));
        past.nothingFiredFor(job, Duration.ofHours(4));
        Past.settle(job);
        var before = past.ledger(job);
        assertThat(before).hasSize(2);

        var result = backfill(job, hour.minus(Duration.ofHours(4)), hour.plusSeconds(1), false);

        assertThat(result.get("planned").asInt()).isEqualTo(5);
        assertThat(result.get("alreadyExecuted").asInt()).isEqualTo(1);
        assertThat(result.get("queued").asInt()).isEqualTo(4);
        assertThat(past.ledger(job)).startsWith(before.toArray(String[]::new)).hasSize(6);
        assertThat(planned(job)).last().isEqualTo(hour.minus(Duration.ofHours(1)));
    }

    @Test
    void whatATriggerHasNotComeToYetIsLeftToIt() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofHours(20), Map.of());
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        past.nothingFiredFor(job, Duration.ofHours(2));

        var result = backfill(job, hour.minus(Duration.ofHours(4)), hour.plusSeconds(1), false);

        assertThat(result.get("queued").asInt()).as("two hours before it was paused").isEqualTo(2);
        assertThat(result.get("pending").asInt()).isEqualTo(3);
        Jobs.post(job + "/resume", Map.of("catchUp", "FIRE_ALL")).then().statusCode(200);
        assertThat(
                        backfill(job, hour.minus(Duration.ofHours(4)), hour.plusSeconds(1), false)
                                .get("alreadyExecuted")
                                .asInt())
                .isEqualTo(5);
    }

    @Test
    void aCancelledBackfillCanBeAskedForAgain() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ZERO, Map.of());
        var from = hour.minus(Duration.ofHours(40));
        backfill(job, from, from.plusSeconds(1), false);
        past.rows()
                .change(
                        "update execution set state = 'CANCELLED', finished_at = clock_timestamp() where job_id = ?",
                        job);

        assertThat(backfill(job, from, from.plusSeconds(1), false).get("queued").asInt())
                .isEqualTo(1);
    }

    @Test
    void backfillsAtTheSameTimeExecuteNothingTwice() throws Exception {
        var job = past.hourlyJobFrom(Duration.ZERO, Map.of());
        var from = hour.minus(Duration.ofHours(1500));
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int call = 0; call < 4; call++) {
            calls.add(
                    () ->
                            backfill(job, from, from.plus(Duration.ofHours(1200)), false)
                                    .get("queued")
                                    .asInt());
        }

        int queued = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result : threads.invokeAll(calls)) {
                queued += result.get();
            }
        }

        assertThat(queued).isEqualTo(1200);
        assertThat(planned(job)).doesNotHaveDuplicates().hasSize(1200);
    }

    @Test
    void aBackfillWaitsBehindWhatIsReadyAndGoesFromTheOldestOn() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofHours(2), Map.of());
        Jobs.post(job + "/trigger", Map.of()).then().statusCode(202);
        backfill(job, hour.minus(Duration.ofHours(500)), hour.minus(Duration.ofHours(497)), false);

        assertThat(
                        past.rows()
                                .texts(
                                        "select origin, extract(epoch from ?::timestamptz - planned_at)::bigint / 3600"
                                                + " from execution where job_id = ? order by order_key",
                                        hour.toString(),
                                        job))
                .containsExactly("MANUAL null", "BACKFILL 500", "BACKFILL 499", "BACKFILL 498");
    }

    @Test
    void moreThanTenThousandInstantsAreRefusedWithTheirNumber() throws SQLException {
        var job = Jobs.create(Map.of("schedule", "* * * * *"));
        var from = hour.minus(Duration.ofDays(20));

        var problem =
                assertProblem(
                        post(job, from, from.plus(Duration.ofDays(8)), true),
                        400,
                        "invalid-request",
                        "to");

        assertThat(problem.get("detail").textValue())
                .contains("11,520", "10,000", from.plus(Duration.ofMinutes(10_000)).toString());
        assertThat(post(job, from, from.plus(Duration.ofMinutes(10_000)), true).statusCode())
                .isEqualTo(202);
    }

    @Test
    void aRangeThatIsEmptyAheadOrForgottenIsRefused() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofDays(60), Map.of());

        assertProblem(post(job, hour, hour, false), 400, "invalid-request", "to");
        assertProblem(
                post(job, hour, hour.plus(Duration.ofHours(3)), false),
                400,
                "invalid-request",
                "to");
        assertProblem(
                post(job, hour.minus(Duration.ofDays(40)), hour, false),
                400,
                "invalid-request",
                "from");
        assertProblem(
                Jobs.post(job + "/backfill", Map.of("from", hour.toString())),
                400,
                "invalid-request",
                "to");
    }

    /** History has lost what an earlier backfill may have executed of it. */
    @Test
    void theTimeBeforeAJobWasCreatedIsRefusedOnceTheJobIsOlderThanHistory() throws SQLException {
        var job = past.hourlyJobFrom(Duration.ofDays(60), Map.of());

        var problem =
                assertProblem(
                        post(
                                job,
                                hour.minus(Duration.ofDays(70)),
                                hour.minus(Duration.ofDays(61)),
                                false),
                        400,
                        "invalid-request",
                        "from");

        assertThat(problem.get("detail").textValue()).contains("history no longer says");
        assertThat(past.ledger(job)).isEmpty();
    }

    @Test
    void aJobOnDemandHasNoInstantsToExecute() throws SQLException {
        var job = UUID.fromString(Api.createdId(Api.aJob()));

        assertProblem(post(job, hour.minusSeconds(60), hour, false), 409, "conflict");
    }

    private List<Instant> planned(UUID job) throws SQLException {
        return past
                .rows()
                .texts(
                        "select epoch_millis(planned_at) from execution where job_id = ? and origin = 'BACKFILL'"
                                + " order by planned_at",
                        job)
                .stream()
                .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis)))
                .toList();
    }

    private static JsonNode backfill(UUID job, Instant from, Instant to, boolean dryRun) {
        return Api.tree(post(job, from, to, dryRun), 202);
    }

    private static Response post(UUID job, Instant from, Instant to, boolean dryRun) {
        var request = new HashMap<String, Object>();
        request.put("from", from.toString());
        request.put("to", to.toString());
        return Jobs.post(job + "/backfill?dryRun=" + dryRun, request);
    }
}
