package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Credentials in headers, given in clear: nobody reads them back, and what GET answers may be PUT.
 */
@QuarkusTest
class MaskedHeadersTest {
    private static final String RULES = "/api/v1/rules";

    private final HttpTarget target = HttpTarget.start();
    private final String password = unique("in-clear");

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void theyAreMaskedInEveryAnswerAndInTheAuditLog() {
        var job = created(aJobWithCredentials());
        String id = job.get("id").textValue();
        var changed =
                (ObjectNode) json("{\"config\": {\"headers\": {\"Authorization\": \"other\"}}}");
        ((ObjectNode) changed.at("/config/headers"))
                .put("Authorization", "Basic " + password + "2");
        var patched =
                tree(
                        body(changed.toString())
                                .contentType("application/merge-patch+json")
                                .patch(JOBS + "/{id}", id),
                        200);

        assertThat(job.at("/config/headers/Authorization").textValue()).isEqualTo("****");
        assertThat(job.at("/config/headers/X-Api-Key").textValue()).isEqualTo("****");
        assertThat(job.at("/config/headers/Accept").textValue()).isEqualTo("text/plain");
        assertThat(job + "" + patched).doesNotContain(password);
        for (String path :
                new String[] {
                    JOBS + "/" + id,
                    JOBS + "?q=" + job.get("name").textValue(),
                    JOBS + "/" + id + "/revisions",
                    "/api/v1/audit?jobId=" + id
                }) {
            assertThat(tree(get(path), 200).toString()).contains("****").doesNotContain(password);
        }
        assertThat(Database.dumpOf("audit")).doesNotContain(password);
    }

    @Test
    void whatGetAnswersKeepsThemWhenItIsPutAndPatched() {
        var job = created(aJobWithCredentials());
        String id = job.get("id").textValue();
        ((ObjectNode) job).put("description", "another");
        ((ObjectNode) job.at("/config/headers")).put("X-Api-Key", "a new key");

        var put = tree(body(job).put(JOBS + "/{id}", id), 200);
        ended(
                triggered(id, "{\"config\": {\"headers\": {\"Authorization\": \"****\"}}}")
                        .get("id")
                        .textValue());

        assertThat(put.get("description").textValue()).isEqualTo("another");
        var call = target.calls().getFirst();
        assertThat(call.headers())
                .containsEntry("Authorization", "Basic " + password)
                .containsEntry("X-Api-Key", "a new key");
    }

    @Test
    void aMaskWithoutAStoredValueIsRefused() {
        var job = aJobWithCredentials();
        ((ObjectNode) job.at("/config/headers")).put("Cookie", "****");

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config.headers.Cookie");
        var submission = object().put("type", "http");
        submission.set("config", job.get("config"));
        assertProblem(
                body(submission).post(EXECUTIONS), 400, "invalid-request", "config.headers.Cookie");
    }

    @Test
    void thoseOfRulesLikewise() {
        var rule = object().put("name", unique("rule"));
        var webhook = rule.putObject("webhook").put("url", target.url("/"));
        webhook.putObject("headers").put("Authorization", "Bearer " + password).put("X-Team", "a");

        var made = tree(body(rule).post(RULES), 201);
        String path = RULES + "/" + made.get("id").textValue();
        var put = tree(body(tree(get(path), 200)).put(path), 200);
        ended(tree(body("{}").post(path + "/test"), 202).get("executionId").textValue());

        for (var answer :
                new Object[] {
                    made, put, tree(get(path), 200), tree(get(RULES + "?limit=100"), 200)
                }) {
            assertThat(answer.toString()).contains("****").doesNotContain(password);
        }
        assertThat(put.at("/webhook/headers/X-Team").textValue()).isEqualTo("a");
        assertThat(target.calls().getFirst().headers())
                .containsEntry("Authorization", "Bearer " + password);
        assertThat(io.carillon.support.Api.request().delete(path).statusCode()).isEqualTo(204);
    }

    private ObjectNode aJobWithCredentials() {
        var job = aJob().put("type", "http");
        var config = job.putObject("config").put("url", target.url("/"));
        config.putObject("headers")
                .put("Authorization", "Basic " + password)
                .put("X-Api-Key", password)
                .put("Accept", "text/plain");
        return job;
    }
}
