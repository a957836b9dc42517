package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class DismissalTest {
    private final String namespace = unique("dismiss");
    private final String all = "{\"namespace\": \"" + namespace + "\"}";

    @Test
    void aDismissedDeadLetterIsNotReplayedWithOthersAndStaysInTheLedger() {
        String letter = deadLetter();

        var dismissed = dismiss(all, "");

        assertThat(dismissed.get("dismissed").asInt()).isEqualTo(1);
        assertThat(dismissed.get("more").asBoolean()).isFalse();
        assertThat(execution(letter).get("dismissedAt")).isEqualTo(dismissed.get("dismissedAt"));
        assertThat(execution(letter).get("state").textValue()).isEqualTo("FAILED");
        assertThat(replay(all)).isZero();
        assertThat(dismiss(all, "").get("dismissed").asInt()).isZero();
    }

    @Test
    void aDismissedDeadLetterIsStillReplayedByItsId() {
        String letter = deadLetter();
        dismiss(all, "");

        var replay = tree(post(EXECUTIONS + "/{id}/replay", letter), 202);

        assertThat(execution(letter).get("replayedBy")).isEqualTo(replay.get("id"));
    }

    @Test
    void aDryRunCountsAndChangesNothing() {
        String letter = deadLetter();
        deadLetter();

        var counted = dismiss(all, "?dryRun=true");

        assertThat(counted.get("dryRun").asBoolean()).isTrue();
        assertThat(counted.get("dismissed").asInt()).isEqualTo(2);
        assertThat(counted.has("dismissedAt")).isFalse();
        assertThat(execution(letter).has("dismissedAt")).isFalse();
    }

    @Test
    void theFilterLetsOnlyItsOwnThrough() {
        var letter = execution(deadLetter());
        String finished = letter.get("finishedAt").textValue();
        String here = "{\"namespace\": \"" + namespace + "\", ";

        for (String other :
                new String[] {
                    "\"type\": \"http\"",
                    "\"queue\": \"another\"",
                    "\"errorCode\": \"TIMEOUT\"",
                    "\"jobId\": \"" + letter.get("id").textValue() + "\"",
                    "\"to\": \"" + finished + "\"",
                    "\"from\": \"2190-01-01T00:00:00Z\""
                }) {
            String filter = here + other + "}";
            assertThat(dismiss(filter, "?dryRun=true").get("dismissed").asInt()).as(other).isZero();
            assertThat(dismiss(filter, "").get("dismissed").asInt()).as(other).isZero();
        }
        assertThat(dismiss(here + "\"from\": \"" + finished + "\"}", "").get("dismissed").asInt())
                .isEqualTo(1);
        assertThat(reopen(here + "\"errorCode\": \"TIMEOUT\"}", "")).isZero();
    }

    @Test
    void submissionsAreToldFromExecutionsOfJobs() {
        String submission = deadLetter();
        String ofJob = deadLetterOf(aJobThatFails());
        String submitted = "{\"namespace\": \"" + namespace + "\", \"submitted\": true}";
        String notSubmitted = submitted.replace("true", "false");

        assertThat(dismiss(submitted, "?dryRun=true").get("dismissed").asInt()).isEqualTo(1);
        dismiss(submitted, "");
        assertThat(execution(submission).has("dismissedAt")).isTrue();
        assertThat(execution(ofJob).has("dismissedAt")).isFalse();

        assertThat(reopen(notSubmitted, "")).isZero();
        assertThat(dismiss(notSubmitted, "").get("dismissed").asInt()).isEqualTo(1);
        assertThat(reopen(submitted, "")).isEqualTo(1);
        assertThat(execution(ofJob).has("dismissedAt")).isTrue();
        assertThat(replay(notSubmitted)).isZero();
        assertThat(reopen(notSubmitted, "")).isEqualTo(1);
        assertThat(replay(submitted)).isEqualTo(1);
        assertThat(execution(ofJob).has("replayedBy")).isFalse();
    }

    @Test
    void theDeadLettersOfADeletedJobStay() {
        String job = aJobThatFails();
        String letter = deadLetterOf(job);
        request().delete(JOBS + "/{id}", job);

        assertThat(dismiss(all, "?dryRun=true").get("dismissed").asInt()).isZero();
        assertThat(dismiss(all, "").get("dismissed").asInt()).isZero();
        assertThat(execution(letter).has("dismissedAt")).isFalse();
    }

    @Test
    void theLongestCodeOfAnErrorIsAFilter() {
        String filter = "{\"errorCode\": \"" + "E".repeat(100) + "\"}";

        assertThat(dismiss(filter, "").get("dismissed").asInt()).isZero();
        assertThat(replay(filter)).isZero();
    }

    @Test
    void whatOneCallDismissedIsOpenedAgainAndNothingElse() {
        String first = deadLetter();
        dismiss(all, "");
        String second = deadLetter();
        var dismissed = dismiss(all, "");

        int reopened = reopen(all, ", \"dismissedAt\": " + dismissed.get("dismissedAt"));

        assertThat(reopened).isEqualTo(1);
        assertThat(execution(second).has("dismissedAt")).isFalse();
        assertThat(execution(first).has("dismissedAt")).isTrue();
        assertThat(reopen(all, "")).isEqualTo(1);
        assertThat(replay(all)).isEqualTo(2);
    }

    @Test
    void theAuditLogHasBoth() {
        deadLetter();
        dismiss(all, "");
        reopen(all, "");

        var entries = tree(get("/api/v1/audit?namespace=" + namespace), 200).get("items");

        assertThat(entries.findValuesAsText("action"))
                .containsExactly("EXECUTIONS_REOPENED", "EXECUTIONS_DISMISSED");
        assertThat(entries.get(1).at("/details/dismissed").asInt()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    filter       | {}
                    filter.state | {"filter": {"state": "FAILED"}}
                    filter.to    | {"filter": {"to": "yesterday"}}
                    """)
    void aWrongFilterIsNamed(String field, String request) {
        assertProblem(body(request).post(EXECUTIONS + "/dismiss"), 400, "invalid-request", field);
        assertProblem(body(request).post(EXECUTIONS + "/reopen"), 400, "invalid-request", field);
    }

    private String aJobThatFails() {
        var job = aJob().put("namespace", namespace);
        job.putObject("config").put("failures", 9);
        job.putObject("retry").put("maxAttempts", 1);
        return createdId(job);
    }

    private static String deadLetterOf(String job) {
        String id = triggered(job, "{}").get("id").textValue();
        assertThat(ended(id).get("state").textValue()).isEqualTo("FAILED");
        return id;
    }

    private String deadLetter() {
        var submission = aSubmission().put("namespace", namespace);
        submission.putObject("config").put("failures", 9);
        submission.putObject("retry").put("maxAttempts", 1);
        String id = submittedId(submission);
        assertThat(ended(id).get("state").textValue()).isEqualTo("FAILED");
        return id;
    }

    private static JsonNode dismiss(String filter, String query) {
        return tree(
                body("{\"filter\": " + filter + "}").post(EXECUTIONS + "/dismiss" + query), 200);
    }

    private static int reopen(String filter, String more) {
        return tree(body("{\"filter\": " + filter + more + "}").post(EXECUTIONS + "/reopen"), 200)
                .get("reopened")
                .asInt();
    }

    private static int replay(String filter) {
        return tree(body("{\"filter\": " + filter + "}").post(EXECUTIONS + "/replay"), 202)
                .get("replayed")
                .asInt();
    }
}
