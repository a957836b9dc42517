package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be done with executions that have not started. */
@QuarkusTest
class WaitingTest {
    private static final String FAR = "2190-01-01T00:00:00Z";

    @Inject DataSource dataSource;

    private final String queue = unique("queue");

    @BeforeEach
    void pauseTheQueue() throws SQLException {
        change("insert into queue (namespace, name, paused) values ('default', ?, true)");
    }

    @Test
    void aFullQueueTakesNoMore() throws SQLException {
        change("update queue set max_depth = 2 where name = ?");
        submittedId(queued());
        submittedId(queued());

        var response = body(queued()).post(EXECUTIONS);

        assertProblem(response, 429, "queue-full");
        assertThat(Integer.parseInt(response.header("Retry-After"))).isPositive();
        submittedId(aSubmission());
    }

    @Test
    void ofABatchAFullQueueTakesWhatItHasRoomFor() throws SQLException {
        change("update queue set max_depth = 2 where name = ?");
        var batch = object();
        var executions = batch.putArray("executions");
        executions.add(queued()).add(queued()).add(queued()).add(aSubmission());

        var result = tree(body(batch).post(EXECUTIONS + "/batch"), 202);

        assertThat(result.findValuesAsText("status")).startsWith("202", "202", "429");
        assertThat(result.at("/items/2/problem/type").textValue())
                .isEqualTo("urn:carillon:problem:queue-full");
        assertThat(result.at("/items/3/status").asInt()).isEqualTo(202);
    }

    @Test
    void aHigherPriorityStartsFirst() throws SQLException {
        change("update queue set max_concurrent = 1 where name = ?");
        String low = submittedId(queued().put("priority", 1));
        String high = submittedId(queued().put("priority", 9));
        String raised = submittedId(queued().put("priority", 0));
        patched(raised, "{\"priority\": 8}", 200);

        change("update queue set paused = false where name = ?");

        var last = ended(low);
        assertThat(instant(ended(high), "startedAt")).isBefore(instant(ended(raised), "startedAt"));
        assertThat(instant(ended(raised), "startedAt")).isBefore(instant(last, "startedAt"));
    }

    @Test
    void whatHasNotStartedByItsDeadlineIsSkipped() {
        String id = submittedId(queued().put("startDeadline", "100ms"));

        var ended = ended(id);

        assertThat(ended.get("state").textValue()).isEqualTo("SKIPPED");
        assertThat(ended.get("reason").textValue()).isEqualTo("DEADLINE");
        assertThat(instant(ended, "startDeadlineAt"))
                .isEqualTo(instant(ended, "runAt").plusMillis(100));
    }

    @Test
    void aJobsExecutionHasItsDeadlineToo() {
        String job = Api.createdId(Api.aJob().put("queue", queue).put("startDeadline", "100ms"));

        var ended = ended(triggered(job, "{}").get("id").textValue());

        assertThat(ended.get("reason").textValue()).isEqualTo("DEADLINE");
    }

    @Test
    void theTimeToRunOfASubmissionIsMovedBothWays() {
        String id = submittedId(queued());

        var later = patched(id, "{\"runAt\": \"2190-01-01T00:00:00Z\"}", 200);
        var sooner = patched(id, "{\"runAt\": \"2020-01-01T00:00:00Z\"}", 200);

        assertThat(tree(later, 200).get("state").textValue()).isEqualTo("SCHEDULED");
        assertThat(tree(later, 200).get("runAt").textValue()).isEqualTo(FAR);
        assertThat(tree(sooner, 200).get("state").textValue()).isEqualTo("QUEUED");
    }

    @Test
    void aSubmissionMovedToNowRunsNow() {
        String id = submittedId(aSubmission().put("runAt", FAR));

        patched(id, "{\"runAt\": \"2020-01-01T00:00:00Z\", \"priority\": 9}", 200);

        var ended = ended(id);
        assertThat(ended.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended.get("priority").asInt()).isEqualTo(9);
    }

    @Test
    void theDeadlineMovesWithTheTimeToRun() {
        String id = submittedId(queued().put("runAt", FAR).put("startDeadline", "1h"));

        patched(id, "{\"runAt\": \"2190-01-02T00:00:00Z\"}", 200);

        assertThat(execution(id).get("startDeadlineAt").textValue())
                .isEqualTo("2190-01-02T01:00:00Z");
    }

    @Test
    void theTimeOfAJobsExecutionIsItsSchedules() {
        String id =
                triggered(Api.createdId(Api.aJob().put("queue", queue)), "{}")
                        .get("id")
                        .textValue();

        assertProblem(
                patched(id, "{\"runAt\": \"2190-01-01T00:00:00Z\"}", 400),
                400,
                "invalid-request",
                "runAt");
        assertThat(tree(patched(id, "{\"priority\": 0}", 200), 200).get("priority").asInt())
                .isZero();
    }

    @Test
    void whatDoesNotWaitAnyMoreCannotBeChanged() {
        String id = submittedId(aSubmission());
        ended(id);

        assertProblem(patched(id, "{\"priority\": 1}", 409), 409, "conflict");
    }

    @Test
    void whatRunsCannotBeChanged() {
        var submission = aSubmission();
        submission.putObject("config").put("sleep", "1h");
        String id = submittedId(submission);
        inState(id, "RUNNING");

        assertProblem(patched(id, "{\"priority\": 1}", 409), 409, "conflict");

        Api.post(EXECUTIONS + "/{id}/cancel", id);
        inState(id, "CANCELLED");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    priority | {"priority": 10}
                    priority | {"priority": "high"}
                    runAt    | {"runAt": "soon"}
                    change   | {}
                    weight   | {"weight": 2}
                    """)
    void aWrongChangeIsRefused(String field, String change) {
        String id = submittedId(aSubmission().put("runAt", FAR));

        assertProblem(patched(id, change, 400), 400, "invalid-request", field);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    weight              | "weight": 0
                    weight              | "weight": 1001
                    weight              | "weight": 1.5
                    startDeadline       | "startDeadline": "0s"
                    startDeadline       | "startDeadline": "367d"
                    onDependencyFailure | "onDependencyFailure": "PANIC"
                    dependsOn           | "dependsOn": "a"
                    dependsOn[0]        | "dependsOn": [""]
                    dependsOn[0]        | "dependsOn": [null]
                    idempotencyKey      | "idempotencyKey": ""
                    ref                 | "ref": "\\u0000"
                    """)
    void aWrongFieldIsNamed(String field, String wrong) {
        var response = body("{\"type\": \"noop\", " + wrong + "}").post(EXECUTIONS);

        assertProblem(response, 400, "invalid-request", field);
    }

    @Test
    void anExecutionKeepsItsWeight() {
        assertThat(execution(submittedId(queued().put("weight", 7))).get("weight").asInt())
                .isEqualTo(7);
    }

    private com.fasterxml.jackson.databind.node.ObjectNode queued() {
        return aSubmission().put("queue", queue);
    }

    private static Response patched(String id, String change, int status) {
        var response =
                request()
                        .contentType("application/merge-patch+json")
                        .body(change)
                        .patch(EXECUTIONS + "/{id}", id);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        return response;
    }

    private static Instant instant(JsonNode execution, String field) {
        return Instant.parse(execution.get(field).textValue());
    }

    private void change(String sql) throws SQLException {
        new Rows(dataSource).change(sql, queue);
    }
}
