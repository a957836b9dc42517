package io.carillon.tenancy;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class NamespaceResourceTest {
    private static final String NAMESPACES = "/api/v1/namespaces/";

    private final String namespace = unique("tenant");

    @Test
    void aNamespaceIsDeclaredChangedAndForgotten() {
        var created = declare("{\"jobs\": 3, \"minInterval\": \"1m\"}");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.header("ETag")).isEqualTo("\"0\"");

        assertThat(declare("{\"jobs\": 3, \"minInterval\": 60}").header("ETag"))
                .as("no difference is no new version")
                .isEqualTo("\"0\"");
        var changed = tree(declare("{\"submissionsPerMinute\": 5}"), 200);
        assertThat(changed.get("version").intValue()).isEqualTo(1);
        assertThat(changed.has("jobs")).isFalse();
        assertThat(tree(get(NAMESPACES + namespace), 200)).isEqualTo(changed);
        assertThat(get("/api/v1/namespaces").asString()).contains(namespace);
        assertProblem(
                body(object()).header("If-Match", "\"0\"").put(NAMESPACES + namespace),
                412,
                "stale-version");

        assertThat(request().delete(NAMESPACES + namespace).statusCode()).isEqualTo(204);
        assertProblem(get(NAMESPACES + namespace), 404, "not-found");
        assertProblem(request().delete(NAMESPACES + namespace), 404, "not-found");
        assertThat(
                        Database.number(
                                "select count(*) from audit where namespace = ? and action like 'NAMESPACE_%'",
                                namespace))
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jobs\": -1}",
                "{\"submissionsPerMinute\": 0}",
                "{\"minInterval\": \"0s\"}",
                "{\"concurrentExecutions\": 0}",
                "{\"resultBytes\": 100}",
                "{\"resultBytes\": 65537}",
                "{\"maxJobs\": 1}",
                "[]"
            })
    void nonsenseIsRefused(String quotas) {
        assertThat(declare(quotas).statusCode()).isEqualTo(400);
        assertThat(get(NAMESPACES + namespace).statusCode()).isEqualTo(404);
    }

    @Test
    void noMoreThanTheQuotaIsKeptOfAResult() {
        declare("{\"resultBytes\": 300}");
        var submission = aSubmission().put("namespace", namespace);
        submission.putObject("config").put("message", "x".repeat(900));

        var result = ended(submittedId(submission)).get("result");

        assertThat(result.toString().length()).isLessThanOrEqualTo(300);
        assertThat(result.at("/_cut/limitBytes").asInt()).isEqualTo(300);
        assertThat(result.get("message").textValue()).startsWith("xxx");
    }

    @Test
    void noMoreThanTheQuotaRunAtOnce() {
        declare("{\"concurrentExecutions\": 2}");
        for (int count = 0; count < 6; count++) {
            var submission =
                    aSubmission().put("namespace", namespace).put("queue", "q" + count % 3);
            submission.putObject("config").put("sleep", "300ms");
            submittedId(submission);
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> count("SUCCEEDED") == 6);

        assertThat(
                        Database.number(
                                """
                                select max(beside) from (
                                    select count(*) as beside from execution one join execution other
                                           on other.namespace = one.namespace and other.started_at <= one.started_at
                                              and other.finished_at > one.started_at
                                    where one.namespace = ? group by one.id) as each
                                """,
                                namespace))
                .isEqualTo(2);
    }

    private long count(String state) {
        return Database.number(
                "select count(*) from execution where namespace = ? and state = ?",
                namespace,
                state);
    }

    @Test
    void noJobTooManyIsCreatedImportedOrRestored() {
        declare("{\"jobs\": 2}");
        String first = createdId(job());
        createdId(job());

        assertProblem(body(job()).post(JOBS), 409, "quota-exceeded");
        var batch = object();
        batch.putArray("jobs").add(job());
        assertProblem(body(batch).post(JOBS + "/batch"), 409, "quota-exceeded");

        request().delete(JOBS + "/{id}", first);
        createdId(job());
        assertProblem(post(JOBS + "/{id}/restore", first), 409, "quota-exceeded");
        assertThat(jobs()).isEqualTo(2);
    }

    @Test
    void manyAtOnceCreateNoJobTooMany() throws Exception {
        declare("{\"jobs\": 5}");
        Callable<Integer> creating = () -> body(job()).post(JOBS).statusCode();
        var statuses = new ArrayList<Integer>();
        try (var clients = Executors.newFixedThreadPool(8)) {
            for (var answered : clients.invokeAll(java.util.Collections.nCopies(24, creating))) {
                statuses.add(answered.get());
            }
        }

        assertThat(statuses).containsOnly(201, 409);
        assertThat(jobs()).isEqualTo(5);
    }

    @Test
    void noExecutionTooManyIsSubmittedInAMinute() {
        declare("{\"submissionsPerMinute\": 3}");
        var batch = object();
        var executions = batch.putArray("executions");
        for (int count = 0; count < 5; count++) {
            executions.add(submission());
        }

        var results = json(body(batch).post(EXECUTIONS + "/batch").asString());

        assertThat(results.get("items"))
                .extracting(each -> each.get("status").intValue())
                .containsExactlyInAnyOrder(202, 202, 202, 429, 429);
        assertThat(Database.number("select count(*) from execution where namespace = ?", namespace))
                .isEqualTo(3);
        var refused = body(submission()).post(EXECUTIONS);
        // Unless a minute has begun meanwhile.
        if (refused.statusCode() != 202) {
            assertProblem(refused, 429, "submissions-exceeded");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
        }
    }

    @Test
    void noScheduleIsDenser() {
        declare("{\"minInterval\": \"1m\"}");

        assertProblem(
                body(aJob("{\"every\": \"30s\"}").put("namespace", namespace)).post(JOBS),
                409,
                "quota-exceeded",
                "schedule");
        assertProblem(
                body(aJob("\"0,30 0 9 * * *\"").put("namespace", namespace)).post(JOBS),
                409,
                "quota-exceeded",
                "schedule");
        String id = createdId(aJob("\"* * * * *\"").put("namespace", namespace));
        assertProblem(
                body(json("{\"schedule\": \"*/20 * * * * *\"}")).patch(JOBS + "/" + id),
                409,
                "quota-exceeded",
                "schedule");
    }

    @Test
    void anotherNamespaceIsNotLimited() {
        declare("{\"jobs\": 0, \"submissionsPerMinute\": 1, \"minInterval\": \"1h\"}");

        createdId(aJob("{\"every\": \"1s\"}").put("enabled", false));
        assertThat(body(aSubmission()).post(EXECUTIONS).statusCode()).isEqualTo(202);
    }

    private Response declare(String quotas) {
        return request().contentType("application/json").body(quotas).put(NAMESPACES + namespace);
    }

    private ObjectNode job() {
        return aJob().put("namespace", namespace);
    }

    private ObjectNode submission() {
        return aSubmission().put("namespace", namespace).put("runAt", "2040-01-01T00:00:00Z");
    }

    private long jobs() {
        return Database.number(
                "select count(*) from job where namespace = ? and deleted_at is null", namespace);
    }
}
