package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A good status with a body that says otherwise. */
@QuarkusTest
class ExpectedBodyTest {
    private final HttpTarget target = HttpTarget.start();

    @AfterEach
    void close() {
        target.close();
    }

    @ParameterizedTest(name = "{0} has {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    all is well                   | {"contains": "well"}
                    {"a": {"b": [7, "x", null]}}  | {"json": {"/a/b/0": 7.0, "/a/b/1": "x", "/a/b/2": null}}
                    {"a/b": {"m~n": true}}        | {"json": {"/a~1b/m~0n": true}}
                    {"n": 1.50}                   | {"json": {"/n": 1.5, "": {"n": 1.5}}}
                    7                             | {"json": {"": 7}, "contains": "7"}
                    """)
    void aBodyThatHasWhatIsExpectedIsASuccess(String answered, String expected) {
        target.answers(200, answered);

        assertThat(ended(submittedId(call(expected))).get("state").textValue())
                .isEqualTo("SUCCEEDED");
    }

    @ParameterizedTest(name = "{0} lacks {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    all is lost   | {"contains": "well"}       | the answer's body does not contain the expected text
                    all is lost   | {"json": {"/a": 1}}        | the answer's body is not JSON
                    ``            | {"json": {"/a": 1}}        | the answer's body is not JSON
                    {"a": 2}      | {"json": {"/a": 1}}        | the answer's body does not have the expected value at '/a'
                    {"a": "1"}    | {"json": {"/a": 1}}        | the answer's body does not have the expected value at '/a'
                    {}            | {"json": {"/a": null}}     | the answer's body does not have the expected value at '/a'
                    {"a": 1}      | {"json": {"/a": 1, "/b": 2}} | the answer's body does not have the expected value at '/b'
                    """)
    void oneThatLacksItFailsWithItsResultAndIsRetried(
            String answered, String expected, String message) {
        target.answers(200, answered);

        var execution = ended(submittedId(call(expected)));

        assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution.get("attempt").asInt()).isEqualTo(2);
        assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_BODY");
        assertThat(execution.at("/error/message").textValue()).isEqualTo(message);
        assertThat(execution.at("/result/body").textValue()).isEqualTo(answered);
    }

    @Test
    void onlyAStatusThatIsASuccessIsLookedAtFurther() {
        target.answers(404, "well");

        assertThat(
                        ended(submittedId(call("{\"contains\": \"well\"}")))
                                .at("/error/code")
                                .textValue())
                .isEqualTo("HTTP_STATUS");
    }

    @Test
    void whatIsBehindTheKeptPartIsNotSeen() {
        target.answers(200, "x".repeat(70_000) + "well");

        assertThat(
                        ended(submittedId(call("{\"contains\": \"well\"}")))
                                .at("/error/message")
                                .textValue())
                .endsWith("as far as it is kept");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|config.expectedBody",
                "{\"contains\": \"\"}|config.expectedBody.contains",
                "{\"json\": {}}|config.expectedBody.json",
                "{\"json\": {\"a\": 1}}|config.expectedBody.json",
                "{\"json\": {\"/a~2\": 1}}|config.expectedBody.json"
            })
    void whatCannotBeExpectedIsRefused(String expected, String field) {
        var problem = tree(body(call(expected)).post(EXECUTIONS), 400);

        assertThat(problem.at("/violations/0/field").textValue()).startsWith(field);
    }

    private ObjectNode call(String expected) {
        var call = aCallOf(target.url("/"));
        ((ObjectNode) call.get("config")).set("expectedBody", json(expected));
        call.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));
        return call;
    }
}
