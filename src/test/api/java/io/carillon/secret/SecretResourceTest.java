package io.carillon.secret;

import static io.carillon.support.Api.body;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** Secrets over the API. */
@QuarkusTest
class SecretResourceTest {
    private static final String SECRETS = "/api/v1/secrets";

    private final String name = unique("secret");
    private final String value = unique("never-told");

    @Test
    void itsValueIsStoredEncryptedAndNeverAnswered() {
        var created = put(value, 201);
        var replaced = put(value + "-again", 200);
        var found = tree(get(SECRETS + "/{name}", name), 200);
        var listed = get(SECRETS + "?limit=100").asString();

        assertThat(created.get("name").textValue()).isEqualTo(name);
        assertThat(created.get("namespace").textValue()).isEqualTo("default");
        assertThat(found.get("createdAt")).isEqualTo(created.get("createdAt"));
        assertThat(found.get("updatedAt")).isEqualTo(replaced.get("updatedAt"));
        assertThat(created + " " + replaced + " " + found + listed).doesNotContain(value);
        assertThat(Database.tables())
                .contains("secret", "audit")
                .allSatisfy(table -> assertThat(Database.dumpOf(table)).doesNotContain(value));
        assertThat(get("/api/v1/audit?limit=100").asString())
                .contains("SECRET_CREATED", "SECRET_CHANGED", name)
                .doesNotContain(value);
    }

    @Test
    void whatGetAnswersMayBePutBackWithAValue() {
        var answer = put(value, 201).deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) answer).put("value", value);

        assertThat(body(answer).put(SECRETS + "/{name}", name).statusCode()).isEqualTo(200);
    }

    @Test
    void aDeletedOneIsNotThereAnyMore() {
        put(value, 201);

        assertThat(request().delete(SECRETS + "/{name}", name).statusCode()).isEqualTo(204);

        assertProblem(get(SECRETS + "/{name}", name), 404, "not-found");
        assertProblem(request().delete(SECRETS + "/{name}", name), 404, "not-found");
        assertThat(get("/api/v1/audit?action=SECRET_DELETED").asString()).contains(name);
    }

    @Test
    void oneOfAnotherNamespaceIsAnother() {
        put(value, 201);
        String elsewhere = "?namespace=" + unique("team");

        assertProblem(get(SECRETS + "/" + name + elsewhere), 404, "not-found");
        tree(
                body(object().put("value", "another value")).put(SECRETS + "/" + name + elsewhere),
                201);
        assertThat(tree(get(SECRETS + elsewhere), 200).get("totalCount").intValue()).isEqualTo(1);
    }

    @Test
    void wrongOnesAreRefusedByField() {
        var good = object().put("value", value);
        assertProblem(body(good).put(SECRETS + "/{name}", "-a"), 400, "invalid-request", "name");
        assertProblem(
                body(good).put(SECRETS + "/a?namespace=UPPER"),
                400,
                "invalid-request",
                "namespace");
        for (String wrong : new String[] {"", "abc", "é".repeat(32_769), "a".repeat(65_537)}) {
            var response = body(object().put("value", wrong)).put(SECRETS + "/{name}", name);
            assertProblem(response, 400, "invalid-request", "value");
        }
        assertProblem(
                body(object()).put(SECRETS + "/{name}", name), 400, "invalid-request", "value");
        tree(body(object().put("value", "é".repeat(32_768))).put(SECRETS + "/{name}", name), 201);
    }

    @Test
    void allAreEncryptedAnewWhenAskedFor() {
        put(value, 201);
        assertThat(tree(post(SECRETS + "/reencrypt"), 200).get("reencrypted").intValue()).isZero();
    }

    private com.fasterxml.jackson.databind.JsonNode put(String text, int status) {
        return tree(body(object().put("value", text)).put(SECRETS + "/{name}", name), status);
    }
}
