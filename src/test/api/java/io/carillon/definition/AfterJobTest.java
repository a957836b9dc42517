package io.carillon.definition;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that run after another. */
@QuarkusTest
class AfterJobTest {

    @ParameterizedTest(name = "after {0}: {1} run")
    @CsvSource({"SUCCEEDED, 0, 1 0 1", "FAILED, 9, 0 1 1"})
    void aJobRunsAfterTheEndItWaitsFor(String end, int failures, String runs) {
        var job = aJob();
        job.putObject("config").put("failures", failures);
        job.putObject("retry").put("maxAttempts", 1);
        String first = createdId(job);
        String onSuccess = createdId(after(first, "SUCCESS"));
        String onFailure = createdId(after(first, "FAILURE"));
        String onAny = createdId(after(first, "ANY"));

        var cause = ended(triggered(first, "{}").get("id").textValue());

        assertThat(cause.get("state").textValue()).isEqualTo(end);
        awaitFollowUpsOf(onSuccess, onFailure, onAny);
        assertThat(runsOf(onSuccess) + " " + runsOf(onFailure) + " " + runsOf(onAny))
                .isEqualTo(runs);
        var follower = ended(executions(onAny).at("/items/0/id").textValue());
        assertThat(follower.get("origin").textValue()).isEqualTo("DEPENDENCY");
        assertThat(follower.get("causedBy")).isEqualTo(cause.get("id"));
        assertThat(follower.get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void aChainOfJobsRunsToItsEnd() {
        String first = createdId(aJob());
        String second = createdId(after(first, "SUCCESS"));
        String third = createdId(after(second, "SUCCESS"));

        triggered(first, "{}");

        await().until(() -> runsOf(third) == 1);
        ended(executions(third).at("/items/0/id").textValue());
    }

    @Test
    void aPausedFollowerIsSkipped() {
        String first = createdId(aJob());
        String follower = createdId(after(first, "ANY"));
        post(JOBS + "/{id}/pause", follower);

        triggered(first, "{}");

        await().until(() -> runsOf(follower) == 1);
        var skipped = executions(follower).at("/items/0");
        assertThat(skipped.get("state").textValue()).isEqualTo("SKIPPED");
        assertThat(skipped.get("reason").textValue()).isEqualTo("PAUSED");
    }

    @Test
    void aDeletedFollowerDoesNotRun() {
        String first = createdId(aJob());
        String deleted = createdId(after(first, "ANY"));
        String other = createdId(after(first, "ANY"));
        request().delete(JOBS + "/{id}", deleted);

        triggered(first, "{}");

        await().until(() -> runsOf(other) == 1);
        awaitFollowUpsOf(deleted);
        assertThat(
                        Database.number(
                                "select count(*) from execution where job_id = ?", uuid(deleted)))
                .isZero();
    }

    @Test
    void successIsWhatAJobRunsAfterUnlessItSaysOtherwise() {
        String first = createdId(aJob());
        var job = aJob();
        job.putObject("after").put("jobId", first);

        var answer = created(job);

        assertThat(answer.get("after"))
                .isEqualTo(json("{\"jobId\": \"" + first + "\", \"on\": \"SUCCESS\"}"));
    }

    @Test
    void aFollowerCanBeChangedAfterWhatItFollowedIsDeleted() {
        String first = createdId(aJob());
        String follower = createdId(after(first, "ANY"));
        io.carillon.support.Jobs.delete(uuid(first)).then().statusCode(204);

        patched(follower, "{\"description\": \"orphan\"}").then().statusCode(200);
    }

    @Test
    void jobsDoNotRunAfterEachOtherInACircle() {
        String first = createdId(aJob());
        String second = createdId(after(first, "SUCCESS"));
        String third = createdId(after(second, "ANY"));

        for (String last : new String[] {first, second, third}) {
            var response = patched(first, "{\"after\": {\"jobId\": \"" + last + "\"}}");

            assertProblem(response, 400, "invalid-request", "after.jobId");
        }
        assertThat(patched(third, "{\"after\": null}").statusCode()).isEqualTo(200);
        assertThat(patched(first, "{\"after\": {\"jobId\": \"" + third + "\"}}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aJobRunsAfterOneThatIsThereInItsNamespace() {
        String elsewhere = createdId(aJob().put("namespace", "elsewhere"));
        String deleted = createdId(aJob());
        request().delete(JOBS + "/{id}", deleted);

        for (String id : new String[] {UUID.randomUUID().toString(), elsewhere, deleted}) {
            assertProblem(body(after(id, "ANY")).post(JOBS), 400, "invalid-request", "after.jobId");
        }
        assertProblem(body(after("7", "ANY")).post(JOBS), 400, "invalid-request", "after.jobId");
        assertProblem(
                body(after(elsewhere, "SOMETIMES")).post(JOBS), 400, "invalid-request", "after.on");
        var empty = aJob();
        empty.putObject("after");
        assertProblem(body(empty).post(JOBS), 400, "invalid-request", "after.jobId");
    }

    private static ObjectNode after(String jobId, String on) {
        var job = aJob();
        job.putObject("after").put("jobId", jobId).put("on", on);
        return job;
    }

    private static io.restassured.response.Response patched(String id, String patch) {
        return body(patch).patch(JOBS + "/{id}", id);
    }

    private static JsonNode executions(String job) {
        return tree(get(JOBS + "/{id}/executions", job), 200);
    }

    private static int runsOf(String job) {
        return executions(job).get("items").size();
    }

    private static void awaitFollowUpsOf(String... jobs) {
        for (String job : jobs) {
            await().until(
                            () ->
                                    Database.number(
                                            "select count(*) from follow_up where job_id = ?",
                                            uuid(job)),
                            none -> none == 0);
        }
    }

    private static UUID uuid(String id) {
        return UUID.fromString(id);
    }
}
