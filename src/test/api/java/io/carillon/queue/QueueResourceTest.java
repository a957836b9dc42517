package io.carillon.queue;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class QueueResourceTest {
    private static final String QUEUES = "/api/v1/queues";

    @Test
    void theDefaultQueueIsThereWithoutLimits() {
        var queue = tree(get(QUEUES + "/default"), 200);

        assertThat(queue.get("name").textValue()).isEqualTo("default");
        assertThat(queue.get("paused").booleanValue()).isFalse();
        assertThat(queue.has("maxConcurrent")).isFalse();
    }

    @Test
    void aQueueExistsOnceAJobNamesIt() {
        String name = unique("of-a-job");
        created(aJob().put("queue", name));

        assertThat(tree(get(QUEUES + "/" + name), 200).get("version").asInt()).isZero();
        assertThat(listed(name)).isNotNull();
    }

    @Test
    void aQueueExistsOnceAJobIsChangedToIt() {
        String name = unique("of-a-change");
        String id = created(aJob()).get("id").textValue();

        tree(body("{\"queue\": \"" + name + "\"}").patch("/api/v1/jobs/" + id), 200);

        assertThat(get(QUEUES + "/" + name).statusCode()).isEqualTo(200);
    }

    @Test
    void aQueueExistsOnceASubmissionNamesIt() {
        String name = unique("of-a-submission");
        tree(body(aSubmission().put("queue", name)).post(EXECUTIONS), 202);

        assertThat(get(QUEUES + "/" + name).statusCode()).isEqualTo(200);
    }

    @Test
    void declaringCreatesThenReplacesLimits() {
        String path = QUEUES + "/" + unique("declared");

        var first =
                body("{\"maxConcurrent\": 3, \"ratePerSecond\": 0.5, \"maxDepth\": 100}").put(path);
        var created = tree(first, 201);
        assertThat(first.header("Location")).endsWith(path + "?namespace=default");
        assertThat(created.get("maxConcurrent").asInt()).isEqualTo(3);
        assertThat(created.get("ratePerSecond").asDouble()).isEqualTo(0.5);
        assertThat(created.get("maxDepth").asInt()).isEqualTo(100);

        var second = body("{\"maxConcurrent\": 4}").put(path);
        var replaced = tree(second, 200);
        assertThat(replaced.get("maxConcurrent").asInt()).isEqualTo(4);
        assertThat(replaced.has("ratePerSecond")).isFalse();
        assertThat(replaced.has("maxDepth")).isFalse();
        assertThat(second.header("ETag")).isEqualTo("\"" + replaced.get("version") + "\"");
        assertThat(second.header("ETag")).isNotEqualTo(first.header("ETag"));

        var again = body("{\"maxConcurrent\": 4}").put(path);
        assertThat(again.header("ETag")).isEqualTo(second.header("ETag"));
    }

    @Test
    void aStaleDeclarationIsRefused() {
        String path = QUEUES + "/" + unique("stale");
        String etag = body("{\"maxConcurrent\": 3}").put(path).header("ETag");
        assertThat(body("{}").header("If-Match", etag).put(path).statusCode()).isEqualTo(200);

        assertProblem(
                body("{\"maxConcurrent\": 5}").header("If-Match", etag).put(path),
                412,
                "stale-version");
        assertProblem(
                body("{}").header("If-Match", "3").put(path), 400, "invalid-request", "If-Match");
        assertThat(tree(get(path), 200).has("maxConcurrent")).isFalse();
    }

    @Test
    void aDeclarationThatExpectsAVersionCreatesNothing() {
        String path = QUEUES + "/" + unique("absent");

        assertProblem(body("{}").header("If-Match", "\"0\"").put(path), 412, "stale-version");

        assertProblem(get(path), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "maxConcurrent, 0",
        "maxConcurrent, 1000001",
        "maxConcurrent, 1.5",
        "ratePerSecond, 0",
        "ratePerSecond, -1",
        "ratePerSecond, 1000001",
        "ratePerSecond, 1e400",
        "maxDepth, 0",
        "maxdepth, 5",
    })
    void aBadLimitIsNamed(String field, String value) {
        String path = QUEUES + "/" + unique("bad");

        var response = body("{\"" + field + "\": " + value + "}").put(path);

        assertProblem(response, 400, "invalid-request", field);
        assertProblem(get(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upper", "-a", "a b", "x%00"})
    void aBadNameIsNamed(String name) {
        assertProblem(
                body("{}").urlEncodingEnabled(false).put(QUEUES + "/" + name.replace(" ", "%20")),
                400,
                "invalid-request",
                "name");
    }

    @Test
    void aPausedQueueSaysWhyUntilItIsResumed() {
        String path = QUEUES + "/" + unique("paused");
        body("{}").put(path);
        long entries = audited("QUEUE_PAUSED");

        var paused = tree(body("{\"note\": \"stocktaking\"}").post(path + "/pause"), 200);
        assertThat(paused.get("paused").booleanValue()).isTrue();
        assertThat(paused.get("pauseNote").textValue()).isEqualTo("stocktaking");
        assertThat(audited("QUEUE_PAUSED")).isEqualTo(entries + 1);

        var pausedAgain = tree(post(path + "/pause"), 200);
        assertThat(pausedAgain.get("version")).isEqualTo(paused.get("version"));
        assertThat(pausedAgain.get("pauseNote").textValue()).isEqualTo("stocktaking");

        var resumed = tree(post(path + "/resume"), 200);
        assertThat(resumed.get("paused").booleanValue()).isFalse();
        assertThat(resumed.has("pauseNote")).isFalse();
        assertThat(resumed.get("version").asInt()).isGreaterThan(paused.get("version").asInt());
    }

    @Test
    void everyChangeOfAQueueIsInTheAuditLog() {
        String name = unique("audited");
        body("{\"maxConcurrent\": 1}").put(QUEUES + "/" + name);
        body("{\"maxConcurrent\": 2}").put(QUEUES + "/" + name);
        body("{\"maxConcurrent\": 2}").put(QUEUES + "/" + name);
        post(QUEUES + "/" + name + "/pause");
        post(QUEUES + "/" + name + "/resume");

        assertThat(
                        Database.number(
                                "select count(*) from audit where details ->> 'queue' = ?", name))
                .isEqualTo(4);
        assertThat(
                        Database.number(
                                """
                                select count(*) from audit
                                where details ->> 'queue' = ? and details #>> '{before,maxConcurrent}' = '1'
                                  and details #>> '{after,maxConcurrent}' = '2'
                                """,
                                name))
                .isEqualTo(1);
    }

    private static long audited(String action) {
        return Database.number("select count(*) from audit where action = ?", action);
    }

    @Test
    void queuesOfTheSameNameInTwoNamespacesAreTwo() {
        String name = unique("of-two");
        String here = QUEUES + "/" + name;
        String there = here + "?namespace=" + unique("there");
        assertThat(body("{\"maxConcurrent\": 3}").put(here).statusCode()).isEqualTo(201);
        assertThat(body("{\"maxConcurrent\": 5}").put(there).statusCode()).isEqualTo(201);

        assertThat(tree(body("{}").post(pause(there)), 200).get("paused").asBoolean()).isTrue();

        assertThat(tree(get(here), 200).get("maxConcurrent").asInt()).isEqualTo(3);
        assertThat(tree(get(here), 200).get("paused").asBoolean()).isFalse();
        assertThat(tree(get(there), 200).get("maxConcurrent").asInt()).isEqualTo(5);
        assertThat(tree(get(there), 200).get("paused").asBoolean()).isTrue();
    }

    private static String pause(String queue) {
        return queue.replace("?", "/pause?");
    }

    @Test
    void statisticsSayWhatWaitsAndWhenThatWasCounted() {
        String name = unique("counted");
        body(aSubmission().put("queue", name).put("runAt", "2190-01-01T00:00:00Z"))
                .post(EXECUTIONS);

        var statistics =
                await().atMost(Duration.ofSeconds(30))
                        .until(
                                () -> listed(name).path("statistics"),
                                it -> it.at("/byState/SCHEDULED").asInt() == 1);

        assertThat(statistics.get("byState")).isEqualTo(json("{\"SCHEDULED\": 1}"));
        assertThat(statistics.has("oldestAge")).isFalse();
        assertThat(statistics.get("sampledAt").textValue()).endsWith("Z");
        assertThat(Duration.parse(statistics.get("sampleAge").textValue()))
                .isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(get("/q/metrics").asString())
                .contains(
                        "carillon_queue_depth{queue=\""
                                + name
                                + "\",queue_namespace=\"default\",state=\"SCHEDULED\"} 1.0");
    }

    @Test
    void whatEndsShowsInTheRates() {
        String name = unique("rated");
        ended(submittedId(aSubmission().put("queue", name)));

        await().atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                tree(get(QUEUES + "/" + name), 200)
                                                .at("/statistics/outPerSecond")
                                                .asDouble()
                                        > 0);
    }

    private static JsonNode listed(String name) {
        for (var queue : tree(get(QUEUES), 200).get("items")) {
            if (queue.get("name").textValue().equals(name)) {
                return queue;
            }
        }
        throw new AssertionError("not listed: " + name);
    }
}
