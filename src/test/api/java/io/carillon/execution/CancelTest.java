package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CancelTest {
    private final HttpTarget target = HttpTarget.start().neverEndsItsAnswer();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void whatWaitsIsCancelledAtOnce() {
        String id = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));

        var cancelled = tree(cancel(id), 202);

        assertThat(cancelled.get("state").textValue()).isEqualTo("CANCELLED");
        assertThat(cancelled.get("reason").textValue()).isEqualTo("REQUESTED");
        assertThat(cancelled.has("finishedAt")).isTrue();
        assertThat(cancelled.has("cancelRequestedAt")).isTrue();
    }

    @Test
    void cancellingTwiceIsCancellingOnce() {
        String id = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));

        var first = tree(cancel(id), 202);
        var second = tree(cancel(id), 202);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void whatRunsIsInterruptedAndItsTargetSeesTheConnectionClosed() {
        String id = submittedId(aCallOf(target.url("/")));
        await().until(() -> target.calls().size() == 1);

        var response = cancel(id);

        assertThat(response.statusCode()).isEqualTo(202);
        var ended = ended(id);
        assertThat(ended.get("state").textValue()).isEqualTo("CANCELLED");
        assertThat(ended.get("reason").textValue()).isEqualTo("REQUESTED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
        await().until(() -> target.hungUp() == 1);
        assertThat(target.calls()).hasSize(1);
    }

    @Test
    void whatWaitsForItsNextAttemptIsCancelled() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 9);
        submission.putObject("retry").put("delay", "1h");
        String id = submittedId(submission);
        inState(id, "RETRYING");

        assertThat(tree(cancel(id), 202).get("state").textValue()).isEqualTo("CANCELLED");
    }

    @Test
    void whatHasEndedCannotBeCancelled() {
        String id = submittedId(aSubmission());
        ended(id);

        assertProblem(cancel(id), 409, "conflict");
    }

    @Test
    void deletingAJobCancelsWhatRunsAndWhatWaits() {
        var job = aJob().put("type", "http").put("overlap", "QUEUE_ALL");
        job.putObject("config").put("url", target.url("/"));
        String jobId = createdId(job);
        String running = triggered(jobId, "{}").get("id").textValue();
        String blocked = triggered(jobId, "{}").get("id").textValue();
        await().until(() -> target.calls().size() == 1);

        assertThat(request().delete(JOBS + "/{id}", jobId).statusCode()).isEqualTo(204);

        for (String id : new String[] {running, blocked}) {
            var ended = ended(id);
            assertThat(ended.get("state").textValue()).isEqualTo("CANCELLED");
            assertThat(ended.get("reason").textValue()).isEqualTo("JOB_DELETED");
        }
        await().until(() -> target.hungUp() == 1);
        assertThat(target.calls()).hasSize(1);
    }

    private static Response cancel(String id) {
        return post(EXECUTIONS + "/{id}/cancel", id);
    }
}
