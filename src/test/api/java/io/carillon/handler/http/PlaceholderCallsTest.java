package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.carillon.support.LoggedLines;
import io.quarkus.logging.Log;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Placeholders and secrets in calls to a real target, and where their values may not be found. */
@QuarkusTest
class PlaceholderCallsTest {
    private final HttpTarget target = HttpTarget.start();
    private final String secret = unique("secret");
    private final String value = unique("never to be \"told\" é&");

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void whatFollowsIsToldWhatItFollows() {
        target.answers(200, "{\"orders\": [7, 9]}");
        String first = createdId(aCallOfTarget("import", null));
        var told =
                object().put("of", "{{cause.job.name}} {{cause.job.id}} {{cause.id}}")
                        .put("state", "{{cause.state}}")
                        .put("status", "{{cause.result/status}}")
                        .put("body", "{{cause.result/body}}")
                        .put("absent", "{{cause.result/a/b}}{{cause.error.code}}");
        createdId(aCallOfTarget("after", told).set("after", object().put("jobId", first)));
        String cause = triggered(first, "{}").get("id").textValue();

        org.awaitility.Awaitility.await().until(() -> target.calls().size() == 2);
        var sent = io.carillon.support.Api.json(target.calls().get(1).body());
        assertThat(sent.get("of").textValue())
                .startsWith("import-")
                .endsWith(" " + first + " " + cause);
        assertThat(sent.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(sent.get("status").textValue()).isEqualTo("200");
        assertThat(sent.get("body").textValue()).isEqualTo("{\"orders\": [7, 9]}");
        assertThat(sent.get("absent").textValue()).isEmpty();
    }

    @Test
    void aDependentIsToldTheErrorOfTheFirstItWaitsFor() {
        target.answers(500, "").answers(200, "");
        var failing = aCallOf(target.url("/"));
        failing.putObject("retry").put("maxAttempts", 1);
        String cause = submittedId(failing);
        ended(cause);
        var call = aCallOf(target.url("/"));
        ((ObjectNode) call.get("config"))
                .putObject("body")
                .put("why", "{{cause.error.code}}: {{cause.error.message}}")
                .put("whole", "{{cause.result}}");
        call.putArray("dependsOn").add(cause);
        call.put("onDependencyFailure", "RUN");

        ended(submittedId(call));

        var sent = io.carillon.support.Api.json(target.calls().get(1).body());
        assertThat(sent.get("why").textValue()).isEqualTo("HTTP_STATUS: the target answered 500");
        assertThat(
                        io.carillon.support.Api.json(sent.get("whole").textValue())
                                .get("status")
                                .asInt())
                .isEqualTo(500);
    }

    @Test
    void whatFollowsNothingHasNothingToTell() {
        var call = aCallOf(target.url("/"));
        ((ObjectNode) call.get("config"))
                .putObject("body")
                .put("state", "<{{cause.state}}{{cause.result}}>");

        ended(submittedId(call));

        assertThat(target.calls().getFirst().body()).isEqualTo("{\"state\":\"<>\"}");
    }

    private ObjectNode aCallOfTarget(
            String name, @org.jspecify.annotations.Nullable ObjectNode body) {
        var job = aJob().put("type", "http").put("name", unique(name));
        job.remove("schedule");
        var config = job.putObject("config").put("url", target.url("/"));
        if (body != null) {
            config.set("body", body);
        }
        return job;
    }

    @Test
    void eachArrivesWrittenForWhereItStands() {
        store(secret, value);
        var job = aJob().put("type", "http").put("name", unique("weekly report"));
        var config = job.putObject("config").put("method", "POST");
        config.put(
                "url",
                target.url(
                        "/runs/{{execution.id}}?on={{execution.scheduledAt|yyyy-MM-dd}}&t={{secret.%s}}"
                                .formatted(secret)));
        config.putObject("headers").put("X-Job", "{{job.id}} {{execution.attempt}}");
        config.putObject("body")
                .put("job", "{{job.name}}")
                .put("namespace", "{{job.namespace}}")
                .put("now", "{{now}}")
                .put("braces", "{{'{{'}}kept}}")
                .put("token", "{{secret.%s}}".formatted(secret));
        String jobId = createdId(job);
        var execution =
                ended(
                        triggered(jobId, "{\"scheduledAt\": \"2026-01-31T23:00:00Z\"}")
                                .get("id")
                                .textValue());

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        var call = target.calls().getFirst();
        assertThat(call.path())
                .startsWith(
                        "/runs/"
                                + execution.get("id").textValue()
                                + "?on=2026-01-31&t=never%20to%20be%20%22told%22%20%C3%A9%26");
        assertThat(call.headers()).containsEntry("X-Job", jobId + " 1");
        var sent = io.carillon.support.Api.json(call.body());
        assertThat(sent.get("job")).isEqualTo(job.get("name"));
        assertThat(sent.get("namespace").textValue()).isEqualTo("default");
        assertThat(sent.get("now").textValue()).endsWith("Z");
        assertThat(sent.get("braces").textValue()).isEqualTo("{{kept}}");
        assertThat(sent.get("token").textValue()).isEqualTo(value);
    }

    @Test
    void aCallIsSignedByASecret() {
        store(secret, "the signing secret");
        var call = aCallOf(target.url("/hook"));
        ((ObjectNode) call.get("config"))
                .put("sign", "{{secret.%s}}".formatted(secret))
                .put("body", "ding");

        var execution = ended(submittedId(call));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        var headers = target.calls().getFirst().headers();
        String id = execution.get("id").textValue();
        assertThat(headers).containsEntry("Webhook-Id", id);
        var at = Instant.ofEpochSecond(Long.parseLong(headers.get("Webhook-Timestamp")));
        assertThat(headers)
                .containsEntry(
                        "Webhook-Signature",
                        Signature.headers("the signing secret", id, at, "ding".getBytes(UTF_8))
                                .get("webhook-signature"));
    }

    @Test
    void aSigningSecretInClearIsRefused() {
        store(secret, "the signing secret");
        for (String sign : List.of("clear", "half {{secret.%s}}".formatted(secret), "{{job.id}}")) {
            var call = aCallOf(target.url("/hook"));
            ((ObjectNode) call.get("config")).put("sign", sign);

            assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", "config.sign");
        }
    }

    @Test
    void aWholeUrlMayBeASecret() {
        store(secret, target.url("/hooks/T0?x=1"));

        var execution = ended(submittedId(aCallOf("{{secret.%s}}".formatted(secret))));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(target.calls().getFirst().path()).isEqualTo("/hooks/T0?x=1");
    }

    @Test
    void theGuardChecksWhereASecretLeads() {
        store(secret, "http://169.254.169.254/latest");

        var execution = ended(submittedId(aCallOf("{{secret.%s}}".formatted(secret))));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("ADDRESS_REFUSED");
        var call = aCallOf("http://169.254.169.254/{{secret.%s}}".formatted(secret));
        assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", "config.url");
    }

    @Test
    void aValueIsFoundNeitherInTheDatabaseNorInTheLogNorInAnswers() {
        store(secret, value);
        String placeholder = "{{secret.%s}}".formatted(secret);
        byte[] echo = ("you sent " + value).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        target.answers(200, echo, Map.of("X-Echo", "t")).answers(500, echo, Map.of("X-Echo", "t"));
        try (var log = LoggedLines.ofAll()) {
            var good =
                    ended(submittedId(aSecretCall(target.url("/?t=" + placeholder), placeholder)));
            var bad = ended(submittedId(aSecretCall(target.url("/"), placeholder)));
            var unreached =
                    ended(
                            submittedId(
                                    aSecretCall(
                                            HttpTarget.refusingUrl() + placeholder, placeholder)));

            assertThat(good.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(good.at("/result/body").textValue()).isEqualTo("you sent ****");
            assertThat(bad.get("state").textValue()).isEqualTo("FAILED");
            assertThat(bad.at("/result/body").textValue()).isEqualTo("you sent ****");
            assertThat(unreached.get("state").textValue()).isEqualTo("FAILED");
            assertThat(target.calls()).allMatch(call -> call.body().equals(value));
            // Others' failures may have used up the lines of this minute.
            Log.info("seen in the log");
            assertThat(log.all())
                    .anyMatch(line -> line.contains("seen in the log"))
                    .noneMatch(line -> line.contains(value));
        }
        assertThat(Database.tables())
                .anyMatch(table -> Database.dumpOf(table).contains("you sent ****"))
                .allSatisfy(table -> assertThat(Database.dumpOf(table)).doesNotContain(value));
        for (String path :
                new String[] {
                    EXECUTIONS + "?limit=100",
                    "/api/v1/audit?limit=100",
                    "/api/v1/secrets?limit=100",
                    "/"
                }) {
            assertThat(get(path).asString()).doesNotContain(value);
        }
    }

    @Test
    void aSecretThatIsNotThereIsRefusedWhenSavedAndFailsWhenSent() {
        String placeholder = "{{secret.%s}}".formatted(secret);
        var call = aSecretCall(target.url("/"), placeholder);
        assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", "config.body");
        store(secret, value);
        var job = aJob().put("type", "http");
        job.set("config", call.get("config"));
        String jobId = createdId(job);
        assertThat(request().delete("/api/v1/secrets/{name}", secret).statusCode()).isEqualTo(204);

        var execution = ended(triggered(jobId, "{}").get("id").textValue());

        assertThat(execution.at("/error/code").textValue()).isEqualTo("SECRET_MISSING");
        assertThat(execution.at("/error/message").textValue()).contains(secret, "default");
        assertThat(execution.get("attempt").intValue()).isEqualTo(1);
        assertThat(target.calls()).isEmpty();
    }

    @Test
    void theSecretOfAnotherNamespaceIsNotThere() {
        store(secret, value);
        var call =
                aSecretCall(target.url("/"), "{{secret.%s}}".formatted(secret))
                        .put("namespace", unique("team"));

        assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", "config.body");
    }

    @Test
    void aWrongPlaceholderIsRefusedByItsField() {
        var job = aJob().put("type", "http");
        var config = job.putObject("config").put("url", target.url("/{{execution.nr}}"));
        config.putObject("headers").put("X", "{{now|nonsense}}");

        var answer = body(job).post(JOBS);

        assertProblem(answer, 400, "invalid-request", "config.headers.X", "config.url");
        assertThat(answer.asString()).contains("execution.scheduledAt");
    }

    @Test
    void aChangedSecretHoldsForTheNextAttempt() {
        store(secret, "first");
        var job = aJob().put("type", "http");
        job.set(
                "config",
                aSecretCall(target.url("/"), "{{secret.%s}}".formatted(secret)).get("config"));
        String jobId = createdId(job);
        ended(triggered(jobId, "{}").get("id").textValue());
        tree(body(object().put("value", "second")).put("/api/v1/secrets/{name}", secret), 200);
        ended(triggered(jobId, "{}").get("id").textValue());

        assertThat(target.calls())
                .extracting(HttpTarget.Call::body)
                .containsExactly("first", "second");
    }

    private static ObjectNode aSecretCall(String url, String placeholder) {
        var call = aCallOf(url);
        ((ObjectNode) call.get("config")).put("body", placeholder);
        call.putObject("retry").put("maxAttempts", 1);
        return call;
    }

    private static JsonNode store(String name, String value) {
        return tree(body(object().put("value", value)).put("/api/v1/secrets/{name}", name), 201);
    }
}
