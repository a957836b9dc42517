package io.carillon.execution.api;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ExecutionResourceTest {

    @Test
    void aSubmissionIsAcceptedAndRunsOnce() {
        var submission = aSubmission().put("priority", 7).put("timeout", "90s");
        submission.putObject("config").put("message", "ding");
        submission.putObject("labels").put("team", "sales");

        var response = body(submission).post(EXECUTIONS);

        var accepted = tree(response, 202);
        String id = accepted.get("id").textValue();
        assertThat(response.header("Location")).endsWith(EXECUTIONS + "/" + id);
        assertThat(accepted.get("origin").textValue()).isEqualTo("SUBMIT");
        assertThat(accepted.get("priority").asInt()).isEqualTo(7);
        assertThat(accepted.get("labels")).isEqualTo(json("{\"team\": \"sales\"}"));
        assertThat(accepted.has("jobId")).isFalse();
        var ended = ended(id);
        assertThat(ended.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
        assertThat(ended.at("/result/message").textValue()).isEqualTo("ding");
        assertThat(ended.get("duration").textValue()).startsWith("PT");
    }

    @Test
    void aSubmissionWaitsForItsTime() {
        var submission = aSubmission().put("runAt", "2190-01-01T00:00:00Z");

        var waiting = execution(submittedId(submission));

        assertThat(waiting.get("state").textValue()).isEqualTo("SCHEDULED");
        assertThat(waiting.get("runAt").textValue()).isEqualTo("2190-01-01T00:00:00Z");
        assertThat(waiting.get("scheduledAt").textValue()).isEqualTo("2190-01-01T00:00:00Z");
    }

    @Test
    void aSubmissionRunsWhenItsTimeHasCome() {
        var runAt = Instant.now().plusMillis(800);

        var ended = ended(submittedId(aSubmission().put("runAt", runAt.toString())));

        assertThat(ended.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(Instant.parse(ended.get("startedAt").textValue()))
                .isAfterOrEqualTo(Instant.parse(ended.get("runAt").textValue()));
    }

    @Test
    void aFailureIsRetriedUntilItSucceeds() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 2).put("message", "no luck");
        retry(submission, 3);

        var ended = ended(submittedId(submission));

        assertThat(ended.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(3);
        assertThat(ended.get("errors")).hasSize(2);
        assertThat(ended.at("/errors/0/code").textValue()).isEqualTo("NOOP_FAILURE");
        assertThat(ended.at("/errors/1/message").textValue()).isEqualTo("no luck");
    }

    @Test
    void anExecutionOutOfAttemptsHasFailedWithItsLastError() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 9);
        retry(submission, 2);

        var ended = ended(submittedId(submission));

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(2);
        assertThat(ended.at("/error/attempt").asInt()).isEqualTo(2);
    }

    @Test
    void anAttemptThatTakesTooLongIsEnded() {
        var submission = aSubmission().put("timeout", "100ms");
        submission.putObject("config").put("sleep", "1h");
        retry(submission, 1);

        var ended = ended(submittedId(submission));

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.at("/error/code").textValue()).isEqualTo("TIMEOUT");
    }

    private static void retry(ObjectNode submission, int attempts) {
        submission.putObject("retry").put("maxAttempts", attempts).put("delay", "1ms");
    }

    @Test
    void thePagesOfAListAreAllOfItNewestFirst() {
        String namespace = unique("pages");
        var submitted = new ArrayList<String>();
        for (int index = 0; index < 5; index++) {
            var at = Instant.parse("2190-01-01T00:00:00Z").plusSeconds(index);
            submitted.add(
                    submittedId(
                            aSubmission().put("namespace", namespace).put("runAt", at.toString())));
        }

        var pages = pages("?limit=2&namespace=" + namespace);

        assertThat(pages).hasSize(3);
        assertThat(pages.stream().flatMap(List::stream))
                .containsExactlyElementsOf(submitted.reversed());
        assertThat(pages("?limit=5&namespace=" + namespace)).hasSize(1);
    }

    @Test
    void aListIsFiltered() {
        String namespace = unique("filter");
        var noop = aSubmission().put("namespace", namespace).put("runAt", "2190-01-01T00:00:00Z");
        String first = submittedId(noop);
        String second =
                submittedId(noop.put("queue", "other").put("runAt", "2190-01-02T00:00:00Z"));
        String third = submittedId(aSubmission().put("namespace", namespace));
        await().until(() -> execution(third).get("state").textValue().equals("SUCCEEDED"));
        String all = "?namespace=" + namespace;

        assertThat(pages(all).getFirst()).containsExactly(second, first, third);
        assertThat(pages(all + "&state=SCHEDULED").getFirst()).containsExactly(second, first);
        assertThat(pages(all + "&state=succeeded").getFirst()).containsExactly(third);
        assertThat(pages(all + "&queue=other").getFirst()).containsExactly(second);
        assertThat(pages(all + "&type=http").getFirst()).isEmpty();
        assertThat(pages(all + "&type=noop&queue=&state=").getFirst()).hasSize(3);
        assertThat(pages(all + "&from=2190-01-01T00:00:00Z&to=2190-01-02T00:00:00Z").getFirst())
                .containsExactly(first);
        assertThat(pages(all + "&jobId=" + first).getFirst()).isEmpty();
    }

    @Test
    void aListIsFilteredByLabelsOfSubmissionsAndOfJobs() {
        String namespace = unique("labels");
        var labelled = aSubmission().put("namespace", namespace);
        labelled.putObject("labels").put("team", "sales").put("tier", "a=b");
        String first = submittedId(labelled.put("runAt", "2190-01-01T00:00:00Z"));
        labelled.putObject("labels").put("team", "sales");
        String second = submittedId(labelled.put("runAt", "2190-01-02T00:00:00Z"));
        var job = aJob().put("namespace", namespace);
        job.putObject("labels").put("team", "sales");
        String run = triggered(createdId(job), "{}").get("id").textValue();
        submittedId(aSubmission().put("namespace", namespace));
        String all = "?namespace=" + namespace;

        assertThat(pages(all + "&label=team=sales").getFirst()).containsExactly(second, first, run);
        assertThat(pages(all + "&label=team:sales&limit=2").getFirst())
                .containsExactly(second, first);
        assertThat(pages(all + "&label=team=sales&label=tier=a=b").getFirst())
                .containsExactly(first);
        assertThat(pages(all + "&label=team=support").getFirst()).isEmpty();
        assertThat(pages(all + "&label=").getFirst()).hasSize(4);
    }

    private static List<List<String>> pages(String query) {
        var pages = new ArrayList<List<String>>();
        String cursor = "";
        do {
            var page = tree(get(EXECUTIONS + query + cursor), 200);
            var ids = new ArrayList<String>();
            page.get("items").forEach(item -> ids.add(item.get("id").textValue()));
            pages.add(ids);
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").textValue() : "";
        } while (!cursor.isEmpty());
        return pages;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    type            | {}
                    type            | {"type": "unheard_of"}
                    config.x        | {"type": "noop", "config": {"x": 1}}
                    config.url      | {"type": "http"}
                    config          | {"type": "noop", "config": []}
                    priority        | {"type": "noop", "priority": 10}
                    runAt           | {"type": "noop", "runAt": "soon"}
                    runAt           | {"type": "noop", "runAt": "9999-01-01T00:00:00Z"}
                    timeout         | {"type": "noop", "timeout": "31d"}
                    retry.maxAttempts | {"type": "noop", "retry": {"maxAttempts": 1001}}
                    namespace       | {"type": "noop", "namespace": "A"}
                    queue           | {"type": "noop", "queue": "a b"}
                    labels.a        | {"type": "noop", "labels": {"a": null}}
                    labels.a        | {"type": "noop", "labels": {"a": "\\u0000"}}
                    name            | {"type": "noop", "name": "no job"}
                    """)
    void aWrongFieldIsNamedAndNothingIsSubmitted(String field, String submission) {
        String waitingOrDone = "select count(*) from execution where origin = 'SUBMIT'";
        long before = Database.number(waitingOrDone);

        var response = body(submission).post(EXECUTIONS);

        assertProblem(response, 400, "invalid-request", field);
        assertThat(Database.number(waitingOrDone)).isEqualTo(before);
    }
}
