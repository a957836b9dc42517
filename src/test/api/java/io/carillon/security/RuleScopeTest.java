package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
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
        with(key, rule(namespace, "REMOTE")).post(RULES).then().statusCode(201);
        with(ADMIN, rule(namespace, "ALL")).post(RULES).then().statusCode(201);
    }

    private static ObjectNode rule(String namespace, String lostWorkers) {
        var rule = object().put("name", unique("rule")).put("namespace", namespace);
        rule.putObject("webhook").put("url", "https://example.com/hook");
        return rule.put("lostWorkers", lostWorkers);
    }
}
