package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ReplayTest {
    private final String namespace = unique("replay");
    private final HttpTarget target = HttpTarget.start();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void aDeadLetterRunsAgainAsItWasSubmitted() {
        target.answers(400).answers(200, "at last");
        var call = aCallOf(target.url("/")).put("priority", 8).put("queue", unique("queue"));
        call.putObject("labels").put("team", "sales");
        String letter = submittedId(call);
        ended(letter);

        var response = replay(letter);

        String id = tree(response, 202).get("id").textValue();
        assertThat(response.header("Location")).endsWith(EXECUTIONS + "/" + id);
        var replay = ended(id);
        assertThat(replay.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(replay.get("origin").textValue()).isEqualTo("REPLAY");
        assertThat(replay.get("replayOf").textValue()).isEqualTo(letter);
        assertThat(replay.get("priority").asInt()).isEqualTo(8);
        assertThat(replay.get("queue")).isEqualTo(call.get("queue"));
        assertThat(replay.get("labels")).isEqualTo(call.get("labels"));
        assertThat(replay.at("/result/body").textValue()).isEqualTo("at last");
        var after = execution(letter);
        assertThat(after.get("state").textValue()).isEqualTo("FAILED");
        assertThat(after.get("replayedBy").textValue()).isEqualTo(id);
    }

    @Test
    void whatWasCancelledRunsAgain() {
        String id = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
        post(EXECUTIONS + "/{id}/cancel", id);

        var replay = ended(tree(replay(id), 202).get("id").textValue());

        assertThat(replay.get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void whatSucceededOrWaitsCannotBeReplayed() {
        String succeeded = submittedId(aSubmission());
        ended(succeeded);
        String waiting = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));

        assertProblem(replay(succeeded), 409, "conflict");
        assertProblem(replay(waiting), 409, "conflict");
    }

    @Test
    void aJobsDeadLetterRunsWithTheConfigItHad() {
        String job = createdId(aJob());
        String letter = deadLetterOf(job);

        var replay = ended(tree(replay(letter), 202).get("id").textValue());

        assertThat(replay.get("jobId").textValue()).isEqualTo(job);
        assertThat(replay.get("origin").textValue()).isEqualTo("REPLAY");
        assertThat(replay.get("state").textValue()).isEqualTo("FAILED");
        assertThat(replay.at("/error/message").textValue()).isEqualTo("by hand");
    }

    @Test
    void theDeadLettersOfADeletedJobStay() {
        String job = createdId(aJob().put("namespace", namespace));
        String letter = deadLetterOf(job);
        request().delete(JOBS + "/{id}", job);

        assertProblem(replay(letter), 409, "conflict");
        assertThat(replayed("{\"jobId\": \"" + job + "\"}").get("replayed").asInt()).isZero();
    }

    private static String deadLetterOf(String job) {
        var run = "{\"config\": {\"failures\": 9, \"message\": \"by hand\"}}";
        var patch = "{\"retry\": {\"maxAttempts\": 1}}";
        assertThat(body(patch).patch(JOBS + "/{id}", job).statusCode()).isEqualTo(200);
        String letter = triggered(job, run).get("id").textValue();
        assertThat(ended(letter).get("state").textValue()).isEqualTo("FAILED");
        return letter;
    }

    @Test
    void manyAreReplayedByFilterAndNoneTwice() {
        target.answers(400).answers(400).answers(400).answers(200);
        for (int index = 0; index < 3; index++) {
            ended(submittedId(aCallOf(target.url("/")).put("namespace", namespace)));
        }
        ended(submittedId(aCallOf(target.url("/")).put("namespace", namespace)));
        String filter = "{\"namespace\": \"" + namespace + "\", \"errorCode\": \"HTTP_STATUS\"}";

        var first = replayed(filter);
        var second = replayed(filter);

        assertThat(first).isEqualTo(json("{\"replayed\": 3, \"more\": false}"));
        assertThat(second).isEqualTo(json("{\"replayed\": 0, \"more\": false}"));
        await().until(() -> inNamespace("SUCCEEDED") == 4);
        assertThat(target.calls()).hasSize(7);
    }

    @Test
    void theFilterLetsOnlyItsOwnThrough() {
        target.answers(400);
        var letter = ended(submittedId(aCallOf(target.url("/")).put("namespace", namespace)));
        String finished = letter.get("finishedAt").textValue();
        String here = "{\"namespace\": \"" + namespace + "\", ";

        for (String other :
                new String[] {
                    "\"type\": \"noop\"",
                    "\"queue\": \"another\"",
                    "\"errorCode\": \"TIMEOUT\"",
                    "\"jobId\": \"" + letter.get("id").textValue() + "\"",
                    "\"to\": \"" + finished + "\"",
                    "\"from\": \"2190-01-01T00:00:00Z\""
                }) {
            assertThat(replayed(here + other + "}").get("replayed").asInt()).as(other).isZero();
        }
        assertThat(replayed(here + "\"from\": \"" + finished + "\"}").get("replayed").asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    filter       | {}
                    filter.state | {"filter": {"state": "FAILED"}}
                    filter.jobId | {"filter": {"jobId": "7"}}
                    filter.from  | {"filter": {"from": "yesterday"}}
                    filter.queue | {"filter": {"queue": "\\u0000"}}
                    """)
    void aWrongFilterIsNamed(String field, String replay) {
        assertProblem(body(replay).post(EXECUTIONS + "/replay"), 400, "invalid-request", field);
    }

    private static Response replay(String id) {
        return post(EXECUTIONS + "/{id}/replay", id);
    }

    private static JsonNode replayed(String filter) {
        return tree(body("{\"filter\": " + filter + "}").post(EXECUTIONS + "/replay"), 202);
    }

    private int inNamespace(String state) {
        return tree(get(EXECUTIONS + "?namespace=" + namespace + "&state=" + state), 200)
                .get("items")
                .size();
    }
}
