package io.carillon.handler.http;

import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class HttpTypeTest {
    private final HttpTarget target = HttpTarget.start();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void theAnswerIsTheResult() {
        target.answers(
                201, "done".getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of("X-Id", "7"));

        var execution = run(aCallOf(target.url("/reports?month=11")));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/status").asInt()).isEqualTo(201);
        assertThat(execution.at("/result/body").textValue()).isEqualTo("done");
        assertThat(execution.at("/result/headers/x-id").textValue()).isEqualTo("7");
        assertThat(execution.at("/result").has("bodyCut")).isFalse();
        var call = target.calls().getFirst();
        assertThat(target.calls()).hasSize(1);
        assertThat(call.method()).isEqualTo("GET");
        assertThat(call.path()).isEqualTo("/reports?month=11");
        assertThat(call.headers())
                .containsEntry("Idempotency-Key", execution.get("id").textValue())
                .containsEntry("Carillon-Attempt", "1")
                .containsEntry("Carillon-Epoch", "1")
                .containsEntry(
                        "Traceparent",
                        "00-%s-0000000000000001-01"
                                .formatted(execution.get("id").textValue().replace("-", "")))
                .containsEntry("User-Agent", "Carillon");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "post", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE"})
    void anyMethodIsSent(String method) {
        var call = aCallOf(target.url("/"));
        config(call).put("method", method);

        var execution = run(call);

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(target.calls().getFirst().method()).isEqualToIgnoringCase(method);
    }

    @Test
    void headersAreSentAsConfigured() {
        var call = aCallOf(target.url("/"));
        config(call).putObject("headers").put("X-Team", "sales").put("User-Agent", "mine");

        run(call);

        assertThat(target.calls().getFirst().headers())
                .containsEntry("X-Team", "sales")
                .containsEntry("User-Agent", "mine");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "plain: é"              | plain: é                | text/plain; charset=utf-8
                    {"a": [1.10, null]}     | {"a":[1.10,null]}       | application/json
                    [1]                     | [1]                     | application/json
                    7                       | 7                       | application/json
                    """)
    void aStringIsSentAsItIsAndAnythingElseAsJson(String body, String sent, String contentType) {
        // A tree model would drop the zero of 1.10, so the body is text.
        String submission =
                """
                {"type": "http", "config": {"url": "%s", "body": %s}}
                """
                        .formatted(target.url("/"), body);

        String id =
                io.carillon.support.Api.tree(
                                io.carillon.support.Api.body(submission)
                                        .post(io.carillon.support.Api.EXECUTIONS),
                                202)
                        .get("id")
                        .textValue();

        ended(id);
        var call = target.calls().getFirst();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.body()).isEqualTo(sent);
        assertThat(call.headers()).containsEntry("Content-Type", contentType);
    }

    @Test
    void nullIsNoBody() {
        var call = aCallOf(target.url("/"));
        config(call).putNull("body");

        run(call);

        assertThat(target.calls().getFirst().method()).isEqualTo("GET");
        assertThat(target.calls().getFirst().headers()).doesNotContainKey("Content-Type");
    }

    @ParameterizedTest(name = "{0} for {1}")
    @CsvSource({
        "204, 2xx, SUCCEEDED",
        "404, 404, SUCCEEDED",
        "302, 300-303, SUCCEEDED",
        "304, 300-303, FAILED",
        "200, 4xx, FAILED"
    })
    void onlyExpectedStatusesAreASuccess(int status, String expected, String state) {
        target.answers(status);
        var call = aCallOf(target.url("/"));
        config(call).putArray("expectedStatuses").add(expected);

        assertThat(run(call).get("state").textValue()).isEqualTo(state);
    }

    @Test
    void aRedirectIsNotFollowed() {
        target.answers(302, new byte[0], Map.of("Location", target.url("/elsewhere")));

        var execution = run(aCallOf(target.url("/")));

        assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
        assertThat(target.calls()).hasSize(1);
    }

    @Test
    void aLongAnswerIsCutWithANote() {
        target.answers(200, "x".repeat(61_441));

        var result = run(aCallOf(target.url("/"))).get("result");

        assertThat(result.get("body").textValue()).hasSize(61_440);
        assertThat(result.get("bodyCut").asBoolean()).isTrue();
        assertThat(result.get("bodyBytes").asLong()).isEqualTo(61_441);
    }

    @Test
    void anAnswerOfExactly60KibibytesIsWhole() {
        target.answers(200, "x".repeat(61_440));

        var result = run(aCallOf(target.url("/"))).get("result");

        assertThat(result.get("body").textValue()).hasSize(61_440);
        assertThat(result.has("bodyCut")).isFalse();
    }

    @Test
    void aBinaryAnswerIsStored() {
        target.answers(
                200, new byte[] {0, 1, (byte) 0xff, (byte) 0xed, (byte) 0xa0, (byte) 0x80, 'a'});

        var execution = run(aCallOf(target.url("/")));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/body").textValue())
                .startsWith("\uFFFD\u0001")
                .endsWith("a");
    }

    @Test
    void aTargetThatDoesNotAnswerTimesOut() {
        target.neverAnswers();
        var call = aCallOf(target.url("/")).put("timeout", "200ms");

        var execution = run(call);

        assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution.at("/error/code").textValue()).isEqualTo("TIMEOUT");
    }

    @Test
    void aRefusedConnectionIsAnError() {
        var execution = run(aCallOf(HttpTarget.refusingUrl()));

        assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_CONNECT");
        assertThat(execution.at("/error/message").textValue())
                .matches("connection refused by \\S+:\\d+");
    }

    @Test
    void aHostThatHasNoAddressIsNamed() {
        var execution = run(aCallOf("http://nowhere.invalid/"));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_CONNECT");
        assertThat(execution.at("/error/message").textValue())
                .isEqualTo("could not resolve the host of nowhere.invalid:80");
    }

    @Test
    void aServerErrorIsRetriedUntilItIsGone() {
        target.answers(503).answers(500).answers(200, "at last");
        var call = aCallOf(target.url("/"));

        var execution = run(call, 5);

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.get("attempt").asInt()).isEqualTo(3);
        assertThat(execution.at("/result/body").textValue()).isEqualTo("at last");
        assertThat(execution.at("/errors/0/code").textValue()).isEqualTo("HTTP_STATUS");
        assertThat(target.calls())
                .extracting(each -> each.headers().get("Idempotency-Key"))
                .containsOnly(execution.get("id").textValue());
        assertThat(target.calls())
                .extracting(each -> each.headers().get("Carillon-Attempt"))
                .containsExactly("1", "2", "3");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 409, 410, 422})
    void aRefusedRequestIsNotRepeated(int status) {
        target.answers(status, "no");

        var execution = run(aCallOf(target.url("/")), 5);

        assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution.get("attempt").asInt()).isEqualTo(1);
        assertThat(execution.at("/result/body").textValue()).isEqualTo("no");
        assertThat(target.calls()).hasSize(1);
    }

    private static ObjectNode config(ObjectNode submission) {
        return (ObjectNode) submission.get("config");
    }

    private static JsonNode run(ObjectNode submission) {
        return run(submission, 1);
    }

    private static JsonNode run(ObjectNode submission, int attempts) {
        submission.set("retry", json("{\"maxAttempts\": " + attempts + ", \"delay\": \"1ms\"}"));
        return ended(submittedId(submission));
    }
}
