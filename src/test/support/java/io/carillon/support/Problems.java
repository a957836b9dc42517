package io.carillon.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;

/** What every refused request must look like (RFC 9457). */
public final class Problems {
    private static final String TYPE = "urn:carillon:problem:";

    private Problems() {}

    /**
     * Asserts a complete problem document of this kind.
     *
     * @param kind the end of its type URI
     * @param fields those that its violations name, in order
     */
    public static JsonNode assertProblem(
            Response response, int status, String kind, String... fields) {
        String answer = response.statusLine() + "\n" + response.asString();
        assertThat(response.statusCode()).as(answer).isEqualTo(status);
        assertThat(response.contentType()).as(answer).isEqualTo("application/problem+json");
        var problem = Api.json(response.asString());
        assertComplete(problem, status, answer);
        assertThat(problem.get("type").textValue()).as(answer).isEqualTo(TYPE + kind);
        assertThat(fieldsOf(problem)).as(answer).containsExactly(fields);
        return problem;
    }

    /** Asserts what all problem documents have, and what none may have. */
    public static void assertComplete(JsonNode problem, int status, String description) {
        assertThat(problem.path("type").asText()).as(description).startsWith(TYPE);
        assertThat(problem.path("title").asText()).as(description).isNotBlank();
        assertThat(problem.path("status").asInt()).as(description).isEqualTo(status);
        assertThat(problem.path("detail").asText()).as(description).isNotBlank();
        assertThat(problem.path("instance").asText()).as(description).startsWith("/");
        assertThat(problem.toString())
                .as(description)
                .doesNotContain(
                        "Exception",
                        "\\tat ",
                        "java.",
                        "com.fasterxml",
                        "`",
                        "StreamRead",
                        "JsonRead",
                        "START_OBJECT",
                        "VALUE_",
                        "deserializ");
    }

    public static List<String> fieldsOf(JsonNode problem) {
        var fields = new ArrayList<String>();
        problem.path("violations").forEach(each -> fields.add(each.get("field").textValue()));
        return fields;
    }
}
