package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

/** Rules tell nobody of what belongs to others. */
@QuarkusTest
@TestProfile(Keys.class)
class RuleScopeTest {
    private static final String RULES = "/api/v1/rules";

    @Test
    void replicasAndWorkersOfOthersAreForThoseWhoMayChangeAllNamespaces() {
        String namespace = unique("mine");
        String key = text(made("EDITOR", namespace));

        assertProblem(
                with(key, rule(namespace, "ALL")).post(RULES),
                400,
                "invalid-request",
                "lostWorkers");
        isMade(with(key, rule(namespace, "REMOTE")).post(RULES));
        isMade(with(ADMIN, rule(namespace, "ALL")).post(RULES));
    }

    /** And deleted, since others would be told of workers that are lost in other tests. */
    private static void isMade(Response answer) {
        String id = tree(answer, 201).get("id").textValue();
        with(ADMIN).delete(RULES + "/{id}", id).then().statusCode(204);
    }

    private static ObjectNode rule(String namespace, String lostWorkers) {
        var rule = object().put("name", unique("rule")).put("namespace", namespace);
        rule.putObject("webhook").put("url", "https://example.com/hook");
        return rule.put("lostWorkers", lostWorkers);
    }
}
