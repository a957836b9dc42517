package io.carillon.remote;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A job of type {@code heartbeat} expects a ping at each instant. */
@QuarkusTest
class HeartbeatTest {
    @Test
    void aPingEndsTheExecutionThatAwaitsIt() {
        String job = aHeartbeat("1h", "0s");
        String execution = triggered(job, "{}").get("id").textValue();
        inState(execution, "AWAITING");

        var ping = tree(post(urlOf(job)), 200);

        assertThat(ping.get("executionId").textValue()).isEqualTo(execution);
        var done = ended(execution);
        assertThat(done.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(Instant.parse(done.at("/result/pingedAt").textValue())).isEqualTo(lastPing(job));
    }

    @Test
    void aPingThatComesALittleEarlyCountsForOneExecution() {
        String job = aHeartbeat("1h", "1h");
        assertThat(tree(post(urlOf(job)), 200).has("executionId")).isFalse();

        assertThat(ended(triggered(job, "{}").get("id").textValue()).get("state").textValue())
                .isEqualTo("SUCCEEDED");
        String next = triggered(job, "{}").get("id").textValue();
        inState(next, "AWAITING");
    }

    @Test
    void aPingThatComesTooEarlyDoesNotCount() {
        String job = aHeartbeat("1h", "0s");
        tree(post(urlOf(job)), 200);

        inState(triggered(job, "{}").get("id").textValue(), "AWAITING");
    }

    @Test
    void withoutAPingTheExecutionFailsAtOnceForGood() {
        String job = aHeartbeat("1s", "0s");

        var failed = ended(triggered(job, "{}").get("id").textValue());

        assertThat(failed.get("state").textValue()).isEqualTo("FAILED");
        assertThat(failed.at("/error/code").textValue()).isEqualTo("NO_PING");
        assertThat(failed.get("attempt").asInt()).isEqualTo(1);
    }

    @Test
    void aPingMaySayThatThingsWentWrong() {
        String job = aHeartbeat("1h", "1m");
        String execution = triggered(job, "{}").get("id").textValue();
        inState(execution, "AWAITING");

        var ping = fail(job, "the disk is full");

        assertThat(ping.get("executionId").textValue()).isEqualTo(execution);
        var failed = ended(execution);
        assertThat(failed.at("/error/code").textValue()).isEqualTo("PING_FAILED");
        assertThat(failed.at("/error/message").textValue()).isEqualTo("the disk is full");
        assertThat(heartbeat(job).get("failure").textValue()).isEqualTo("the disk is full");

        fail(job, "still full");
        assertThat(
                        ended(triggered(job, "{}").get("id").textValue())
                                .at("/error/message")
                                .textValue())
                .isEqualTo("still full");
    }

    @Test
    void aJobThatIsGoneOrOfAnotherTypeHasNone() {
        String job = aHeartbeat("1h", "0s");
        String url = urlOf(job);
        String other = createdId(aJob());
        assertProblem(get(JOBS + "/{id}/heartbeat", other), 404, "not-found");

        body("").delete(JOBS + "/" + job).then().statusCode(204);

        assertProblem(post(url), 404, "not-found");
        assertProblem(get(JOBS + "/{id}/heartbeat", job), 404, "not-found");
    }

    @Test
    void thePageOfAJobSaysHowItIsPinged() {
        String job = aHeartbeat("1h", "0s");
        String url = heartbeat(job).get("url").textValue();
        assertThat(get("/jobs/{id}", job).asString())
                .contains("curl -fsS -X POST '" + url + "'", "none so far");

        fail(job, "the disk is full");

        assertThat(get("/jobs/{id}", job).asString()).contains("the disk is full");
        assertThat(get("/jobs/{id}", createdId(aJob())).asString())
                .contains("Definition")
                .doesNotContain("curl");
    }

    @Test
    void aSubmissionHasNone() {
        String id = submittedId(aSubmission().put("type", "heartbeat"));

        assertThat(ended(id).at("/error/code").textValue()).isEqualTo("NO_JOB");
    }

    private static String aHeartbeat(String grace, String early) {
        var job = aJob("{\"every\": \"24h\"}").put("type", "heartbeat").put("overlap", "ALLOW");
        job.putObject("config").put("grace", grace).put("early", early);
        return createdId(job);
    }

    private static JsonNode heartbeat(String job) {
        return tree(get(JOBS + "/{id}/heartbeat", job), 200);
    }

    private static Instant lastPing(String job) {
        return Instant.parse(heartbeat(job).get("lastPingAt").textValue());
    }

    private static String urlOf(String job) {
        return URI.create(heartbeat(job).get("url").textValue()).getPath();
    }

    private static JsonNode fail(String job, String message) {
        return tree(body("{\"message\": \"" + message + "\"}").post(urlOf(job) + "/fail"), 200);
    }
}
