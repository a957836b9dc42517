package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static io.carillon.support.Problems.fieldsOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

@QuarkusTest
class IdempotencyKeyTest {
    private final String key = unique("key");

    @Test
    void theSameRequestUnderTheSameKeyIsTheSameExecution() {
        var first = submit(json("{\"type\": \"noop\", \"config\": {\"message\": \"a\"}}"));
        // Neither the order of fields nor white space makes another request.
        var again = submit(json("{ \"config\": {\"message\": \"a\"}, \"type\": \"noop\"}"));

        assertThat(id(again)).isEqualTo(id(first));
        assertThat(first.header("Idempotency-Replayed")).isNull();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.header("Location")).endsWith(id(first));
    }

    @Test
    void anotherRequestUnderTheSameKeyIsAConflict() {
        submit(aSubmission());

        assertProblem(submit(aSubmission().put("priority", 9)), 409, "conflict");
    }

    @Test
    void eachNamespaceHasItsOwnKeys() {
        var first = submit(aSubmission().put("namespace", unique("one")));
        var second = submit(aSubmission().put("namespace", unique("two")));

        assertThat(id(second)).isNotEqualTo(id(first));
    }

    @Test
    void aKeyIsNotSpentByARefusedRequest() {
        assertProblem(
                submit(aSubmission().put("type", "unheard_of")), 400, "invalid-request", "type");

        var accepted = submit(aSubmission());

        assertThat(accepted.header("Idempotency-Replayed")).isNull();
        assertThat(accepted.statusCode()).isEqualTo(202);
    }

    @Test
    void ofRequestsAtTheSameTimeOneMakesTheExecution() throws Exception {
        String queue = unique("race");
        var requests = new ArrayList<Callable<Response>>();
        for (int index = 0; index < 16; index++) {
            requests.add(() -> submit(aSubmission().put("queue", queue)));
        }
        var responses = new ArrayList<Response>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : threads.invokeAll(requests)) {
                responses.add(future.get());
            }
        }

        assertThat(responses).extracting(Response::statusCode).containsOnly(202);
        assertThat(responses.stream().map(IdempotencyKeyTest::id).distinct()).hasSize(1);
        assertThat(responses)
                .filteredOn(response -> response.header("Idempotency-Replayed") == null)
                .hasSize(1);
        assertThat(Database.number("select count(*) from execution where queue = ?", queue))
                .isEqualTo(1);
    }

    @Test
    void aKeyInABatchIsTheSameAsInAHeader() {
        var first = submit(aSubmission());
        var batch = object();
        batch.putArray("executions").add(aSubmission().put("idempotencyKey", key));

        var result = tree(body(batch).post(EXECUTIONS + "/batch"), 202);

        assertThat(result.at("/items/0/id").textValue()).isEqualTo(id(first));
    }

    @Test
    void aKeyIsInABatchOnce() {
        var batch = object();
        var executions = batch.putArray("executions");
        executions.add(aSubmission().put("idempotencyKey", key));
        executions.add(aSubmission().put("idempotencyKey", key));

        var result = tree(body(batch).post(EXECUTIONS + "/batch"), 202);

        assertThat(result.at("/items/0/status").asInt()).isEqualTo(202);
        assertThat(fieldsOf(result.at("/items/1/problem")))
                .containsExactly("executions[1].idempotencyKey");
    }

    @Test
    void aBatchSentAgainIsTheSameExecutions() {
        var batch = object();
        var executions = batch.putArray("executions");
        executions.add(aSubmission().put("idempotencyKey", key + "-a").put("ref", "a"));
        ObjectNode dependent = executions.addObject().put("type", "noop");
        dependent.put("idempotencyKey", key + "-b").putArray("dependsOn").add("a");

        var first = tree(body(batch).post(EXECUTIONS + "/batch"), 202);
        var again = tree(body(batch).post(EXECUTIONS + "/batch"), 202);

        assertThat(first.get("accepted").asInt()).isEqualTo(2);
        assertThat(again).isEqualTo(first);
    }

    @Test
    void aKeyThatIsTooLongIsRefused() {
        var response =
                body(aSubmission()).header("Idempotency-Key", "k".repeat(256)).post(EXECUTIONS);

        assertProblem(response, 400, "invalid-request", "Idempotency-Key");
    }

    private Response submit(JsonNode submission) {
        return body(submission).header("Idempotency-Key", key).post(EXECUTIONS);
    }

    private static String id(Response response) {
        return tree(response, 202).get("id").textValue();
    }
}
