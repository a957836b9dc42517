package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static io.carillon.support.Problems.fieldsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submissions many at a time, and those that wait for others. */
@QuarkusTest
class BatchTest {

    @Test
    void tenThousandAreSubmittedAtOnceAndEachRuns() {
        String queue = unique("many");
        var batch = object();
        var executions = batch.putArray("executions");
        for (int index = 0; index < 10_000; index++) {
            executions.add(aSubmission().put("queue", queue));
        }

        var result = tree(body(batch).post(EXECUTIONS + "/batch"), 202);

        assertThat(result.get("accepted").asInt()).isEqualTo(10_000);
        assertThat(result.get("failed").asInt()).isZero();
        assertThat(result.get("items")).hasSize(10_000);
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                Database.number(
                                        "select count(*) from execution where queue = ? and state = 'SUCCEEDED'",
                                        queue),
                        done -> done == 10_000);
    }

    @Test
    void eachSubmissionOfABatchHasItsOwnResultInOrder() {
        var result =
                submitted(
                        """
                        {"executions": [
                            {"type": "noop"},
                            {"type": "noop", "priority": 10},
                            {"type": "unheard_of"},
                            {"type": "noop", "colour": "red"},
                            7,
                            {"type": "noop"}]}
                        """);

        assertThat(statuses(result)).containsExactly(202, 400, 400, 400, 400, 202);
        assertThat(result.get("accepted").asInt()).isEqualTo(2);
        assertThat(result.get("failed").asInt()).isEqualTo(4);
        assertThat(fieldsOf(result.at("/items/1/problem")))
                .containsExactly("executions[1].priority");
        assertThat(fieldsOf(result.at("/items/2/problem"))).containsExactly("executions[2].type");
        assertThat(fieldsOf(result.at("/items/3/problem"))).containsExactly("executions[3].colour");
        ended(id(result, 0));
        ended(id(result, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"executions\": []}", "{\"executions\": null}"})
    void aBatchOfNoneIsRefused(String batch) {
        assertProblem(
                body(batch).post(EXECUTIONS + "/batch"), 400, "invalid-request", "executions");
    }

    @Test
    void aBatchOfMoreThanTenThousandIsRefused() {
        var batch = object();
        var executions = batch.putArray("executions");
        for (int index = 0; index <= 10_000; index++) {
            executions.add(aSubmission());
        }

        var response = body(batch).post(EXECUTIONS + "/batch");

        assertProblem(response, 400, "invalid-request", "executions");
    }

    @Test
    void aDiamondOfDependenciesRunsInOrder() {
        // The order in the batch is not the order of the dependencies.
        var result =
                submitted(
                        """
                        {"executions": [
                            {"type": "noop", "ref": "load", "dependsOn": ["left", "right"]},
                            {"type": "noop", "ref": "left", "dependsOn": ["extract"]},
                            {"type": "noop", "ref": "right", "dependsOn": ["extract", "extract"]},
                            {"type": "noop", "ref": "extract", "config": {"sleep": "100ms"}}]}
                        """);

        assertThat(statuses(result)).containsExactly(202, 202, 202, 202);
        var load = ended(id(result, 0));
        var left = execution(id(result, 1));
        var right = execution(id(result, 2));
        var extract = execution(id(result, 3));
        assertThat(load.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(texts(load.get("dependsOn"))).containsExactly(id(result, 1), id(result, 2));
        assertThat(texts(right.get("dependsOn"))).containsExactly(id(result, 3));
        assertThat(instant(left, "startedAt")).isAfterOrEqualTo(instant(extract, "finishedAt"));
        assertThat(instant(right, "startedAt")).isAfterOrEqualTo(instant(extract, "finishedAt"));
        assertThat(instant(load, "startedAt"))
                .isAfterOrEqualTo(instant(left, "finishedAt"))
                .isAfterOrEqualTo(instant(right, "finishedAt"));
    }

    @Test
    void whoDependsOnAFailureIsCancelledWithAllThatDependOnItUnlessItIsToRun() {
        var result =
                submitted(
                        """
                        {"executions": [
                            {"type": "noop", "ref": "a", "config": {"failures": 9}, "retry": {"maxAttempts": 1}},
                            {"type": "noop", "ref": "b", "dependsOn": ["a"]},
                            {"type": "noop", "ref": "c", "dependsOn": ["b"]},
                            {"type": "noop", "ref": "d", "dependsOn": ["a"], "onDependencyFailure": "RUN"},
                            {"type": "noop", "ref": "e", "dependsOn": ["c"], "onDependencyFailure": "RUN"}]}
                        """);

        assertThat(ended(id(result, 0)).get("state").textValue()).isEqualTo("FAILED");
        for (int index : List.of(1, 2)) {
            var cancelled = ended(id(result, index));
            assertThat(cancelled.get("state").textValue()).isEqualTo("CANCELLED");
            assertThat(cancelled.get("reason").textValue()).isEqualTo("DEPENDENCY");
        }
        assertThat(ended(id(result, 3)).get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended(id(result, 4)).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void theMembersOfACycleAreRefusedAndTheOthersGoThrough() {
        var result =
                submitted(
                        """
                        {"executions": [
                            {"type": "noop", "ref": "a", "dependsOn": ["b"]},
                            {"type": "noop", "ref": "b", "dependsOn": ["a"]},
                            {"type": "noop", "dependsOn": ["a"]},
                            {"type": "noop", "ref": "me", "dependsOn": ["me"]},
                            {"type": "noop"}]}
                        """);

        assertThat(statuses(result)).containsExactly(400, 400, 400, 400, 202);
        for (int index = 0; index < 4; index++) {
            assertThat(fieldsOf(result.get("items").get(index).get("problem")))
                    .containsExactly("executions[" + index + "].dependsOn");
        }
        ended(id(result, 4));
    }

    @Test
    void whoDependsOnARefusedSubmissionIsRefused() {
        var result =
                submitted(
                        """
                        {"executions": [
                            {"type": "noop", "ref": "a", "priority": 99},
                            {"type": "noop", "ref": "b", "dependsOn": ["a"]},
                            {"type": "noop", "dependsOn": ["b"]},
                            {"type": "noop", "ref": "c", "config": {"nonsense": 1}},
                            {"type": "noop", "dependsOn": ["c"]}]}
                        """);

        assertThat(statuses(result)).containsExactly(400, 400, 400, 400, 400);
        assertThat(fieldsOf(result.at("/items/2/problem")))
                .containsExactly("executions[2].dependsOn");
        assertThat(fieldsOf(result.at("/items/4/problem")))
                .containsExactly("executions[4].dependsOn");
    }

    @Test
    void aRefIsThereOnce() {
        var result =
                submitted(
                        """
                        {"executions": [{"type": "noop", "ref": "a"}, {"type": "noop", "ref": "a"}]}
                        """);

        assertThat(statuses(result)).containsExactly(202, 400);
        assertThat(fieldsOf(result.at("/items/1/problem"))).containsExactly("executions[1].ref");
    }

    @Test
    void whatDependsOnAnEndedExecutionStartsOrIsCancelledAtOnce() {
        String succeeded = submittedId(aSubmission());
        ended(succeeded);
        var failing = aSubmission();
        failing.putObject("config").put("failures", 9);
        failing.putObject("retry").put("maxAttempts", 1);
        String failed = submittedId(failing);
        ended(failed);

        var after = dependingOn(succeeded);
        var afterFailure = dependingOn(succeeded, failed);
        var anyway = dependingOn(failed);
        anyway.put("onDependencyFailure", "RUN");

        assertThat(ended(submittedId(after)).get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution(submittedId(afterFailure)).get("state").textValue())
                .isEqualTo("CANCELLED");
        assertThat(ended(submittedId(anyway)).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void whatDependsOnAWaitingExecutionIsBlockedUntilThatIsCancelled() {
        String waiting = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
        String dependent = submittedId(dependingOn(waiting));
        assertThat(execution(dependent).get("state").textValue()).isEqualTo("BLOCKED");

        io.carillon.support.Api.post(EXECUTIONS + "/{id}/cancel", waiting);

        var ended = ended(dependent);
        assertThat(ended.get("state").textValue()).isEqualTo("CANCELLED");
        assertThat(ended.get("reason").textValue()).isEqualTo("DEPENDENCY");
    }

    @Test
    void anUnknownExecutionCannotBeDependedOn() {
        var unknown = dependingOn("0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a");
        var noId = dependingOn("extract");

        assertProblem(body(unknown).post(EXECUTIONS), 400, "invalid-request", "dependsOn");
        assertProblem(body(noId).post(EXECUTIONS), 400, "invalid-request", "dependsOn[0]");
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode dependingOn(String... ids) {
        var submission = aSubmission();
        var dependsOn = submission.putArray("dependsOn");
        for (String id : ids) {
            dependsOn.add(id);
        }
        return submission;
    }

    private static JsonNode submitted(String batch) {
        return tree(body(json(batch)).post(EXECUTIONS + "/batch"), 202);
    }

    private static List<Integer> statuses(JsonNode result) {
        var statuses = new ArrayList<Integer>();
        result.get("items").forEach(item -> statuses.add(item.get("status").asInt()));
        return statuses;
    }

    private static String id(JsonNode result, int index) {
        return result.get("items").get(index).get("id").textValue();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(each -> texts.add(each.textValue()));
        return texts;
    }

    private static java.time.Instant instant(JsonNode execution, String field) {
        return java.time.Instant.parse(execution.get(field).textValue());
    }
}
