package io.carillon.worker;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class WorkerResourceTest {
    private static final String WORKERS = "/api/v1/workers";

    @AfterEach
    void asConfigured() {
        scale(100);
    }

    @Test
    void aWorkerSaysWhatItIsAndWhatItRuns() {
        String id = submittedId(aSleeper("5s"));

        var worker =
                await().until(
                                () -> tree(get(WORKERS + "/" + workerId()), 200),
                                it -> it.get("executions").toString().contains(id));

        assertThat(worker.get("state").textValue()).isEqualTo("WORKING");
        assertThat(worker.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(worker.get("capacity").asInt()).isEqualTo(100);
        assertThat(worker.get("running").asInt()).isPositive();
        assertThat(worker.get("roles")).isEqualTo(json("[\"API\", \"FIRING\", \"WORKER\"]"));
        assertThat(Duration.parse(worker.get("heartbeatAge").textValue()))
                .isLessThan(Duration.ofSeconds(4));
        var running = running(worker, id);
        assertThat(running.get("type").textValue()).isEqualTo("noop");
        assertThat(running.get("attempt").asInt()).isEqualTo(1);
        assertThat(running.has("startedAt")).isTrue();
        assertThat(running.has("jobId")).isFalse();
        ended(id);
    }

    private static JsonNode running(JsonNode worker, String id) {
        for (var execution : worker.get("executions")) {
            if (execution.get("id").textValue().equals(id)) {
                return execution;
            }
        }
        throw new AssertionError(worker);
    }

    @Test
    void endedWorkersAreListedOnlyWhenAskedFor() {
        String ended = insertEnded();

        assertThat(get(WORKERS).asString()).contains(workerId()).doesNotContain(ended);
        assertThat(get(WORKERS + "?all=true").asString()).contains(workerId(), ended);
        assertThat(tree(get(WORKERS + "/" + ended), 200).get("state").textValue())
                .isEqualTo("FAILED");
    }

    @Test
    void aWorkerScaledToOneRunsOneAtATime() {
        var scaled = scale(1);
        assertThat(scaled.at("/items/0/capacity").asInt()).isEqualTo(1);
        await().until(() -> get("/q/metrics").asString().contains("carillon_worker_capacity 1.0"));
        int count = 3;
        try (var target = HttpTarget.start().holdsItsAnswers()) {
            var ids = submittedTogether(Collections.nCopies(count, aCallOf(target.url("/"))));
            for (int called = 1; called <= count; called++) {
                int expected = called;
                // Its one slot may be taken by what another test has left running.
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> target.calls().size() == expected);
                assertThat(ids.stream().filter(id -> state(id).equals("QUEUED")))
                        .as("wait for call %d to end", called)
                        .hasSize(count - called);
                target.letGo(1);
            }
            ids.forEach(id -> assertThat(ended(id).get("attempt").asInt()).isEqualTo(1));
        }
    }

    @Test
    void aWorkerScaledToNothingLetsWhatRunsFinishAndClaimsAgainWhenScaledUp() {
        String running = submittedId(aSleeper("2s"));
        await().until(() -> state(running).equals("RUNNING"));

        assertProblem(
                body("{\"capacity\": -1}").post(WORKERS + "/scale"),
                400,
                "invalid-request",
                "capacity");
        scaleOne(0);
        await().until(() -> get("/q/metrics").asString().contains("carillon_worker_capacity 0.0"));
        String waiting = submittedId(aSleeper("0s"));
        assertThat(ended(running).get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(state(waiting)).isEqualTo("QUEUED");

        scaleOne(5);

        assertThat(ended(waiting).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void scalingIsInTheAuditLog() {
        long before = Database.number("select count(*) from audit where action = 'WORKERS_SCALED'");

        scale(70);

        assertThat(Database.number("select count(*) from audit where action = 'WORKERS_SCALED'"))
                .isEqualTo(before + 1);
    }

    @Test
    void anUnknownWorkerIsNotScaledNorOneThatHasEnded() {
        var unknown = UUID.randomUUID();
        assertProblem(scaling(5, unknown.toString()), 404, "not-found");
        assertProblem(get(WORKERS + "/" + unknown), 404, "not-found");

        assertProblem(scaling(5, insertEnded()), 409, "conflict");
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', capacity",
        "'{\"capacity\": 100001}', capacity",
        "'{\"capacity\": \"many\"}', capacity",
        "'{\"capacity\": 5, \"workerId\": \"7\"}', workerId",
        "'{\"capacity\": 5, \"worker\": \"7\"}', worker",
    })
    void aBadScaleIsNamed(String text, String field) {
        assertProblem(body(text).post(WORKERS + "/scale"), 400, "invalid-request", field);
    }

    private static ObjectNode aSleeper(String sleep) {
        var submission = aSubmission();
        submission.putObject("config").put("sleep", sleep);
        return submission;
    }

    /** Submits all in one request, and so for one claim to find; returns their ids. */
    private static List<String> submittedTogether(List<ObjectNode> submissions) {
        var batch = object();
        batch.putArray("executions").addAll(submissions);
        var answer = tree(body(batch).post(EXECUTIONS + "/batch"), 202);
        return answer.get("items").findValuesAsText("id");
    }

    private static String state(String execution) {
        return io.carillon.support.Api.execution(execution).get("state").textValue();
    }

    private static String workerId() {
        return tree(get(WORKERS), 200).at("/items/0/id").textValue();
    }

    private static JsonNode scale(int capacity) {
        return tree(body("{\"capacity\": " + capacity + "}").post(WORKERS + "/scale"), 202);
    }

    private static void scaleOne(int capacity) {
        assertThat(scaling(capacity, workerId()).statusCode()).isEqualTo(202);
    }

    private static io.restassured.response.Response scaling(int capacity, String workerId) {
        return body("{\"capacity\": %d, \"workerId\": \"%s\"}".formatted(capacity, workerId))
                .post(WORKERS + "/scale");
    }

    private static String insertEnded() {
        var id = UUID.randomUUID();
        Database.number(
                """
                insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at, stopped_at)
                values (?, 'gone', 1, '1', 5, 'FAILED', now() - interval '1 hour', now(), now())
                returning 1
                """,
                id);
        return id.toString();
    }
}
