package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer means for the next attempt, and for the job. */
@QuarkusTest
class HttpAnswersTest {
    private static final String AN_HOUR_LATER =
            "{\"maxAttempts\": 3, \"backoff\": \"FIXED\", \"delay\": \"1h\", \"maxDelay\": \"1h\", \"jitter\": 0}";
    private static final String AT_ONCE = "{\"maxAttempts\": 3, \"delay\": \"1ms\"}";

    private final HttpTarget target = HttpTarget.start();

    @AfterEach
    void close() {
        target.close();
    }

    /** In seconds, or as a date: one that has passed, so that nobody has to wait. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "Sun, 06 Nov 1994 08:49:37 GMT"})
    void retryAfterComesBeforeTheRetryPolicy(String retryAfter) {
        target.answers(503, new byte[0], Map.of("Retry-After", retryAfter)).answers(200);

        var ended = ended(submittedId(call(AN_HOUR_LATER)));

        assertThat(ended.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(2);
    }

    @Test
    void retryAfterPutsTheNextAttemptOff() {
        target.answers(429, new byte[0], Map.of("Retry-After", "3600"));
        String id = submittedId(call(AT_ONCE));

        var waiting = inState(id, "RETRYING");

        var failedAt = Instant.parse(waiting.at("/error/at").textValue());
        assertThat(Instant.parse(waiting.get("runAt").textValue()))
                .isBetween(failedAt.plusSeconds(3500), failedAt.plusSeconds(3700));
        post(EXECUTIONS + "/{id}/cancel", id);
    }

    @Test
    void aTargetCannotPutAnAttemptOffForEver() {
        target.answers(503, new byte[0], Map.of("Retry-After", "9999999999"));
        String id = submittedId(call(AT_ONCE));

        var waiting = inState(id, "RETRYING");

        var failedAt = Instant.parse(waiting.at("/error/at").textValue());
        assertThat(Instant.parse(waiting.get("runAt").textValue()))
                .isBetween(
                        failedAt.plus(Duration.ofHours(23)), failedAt.plus(Duration.ofHours(25)));
        post(EXECUTIONS + "/{id}/cancel", id);
    }

    @Test
    void aTargetThatIsGonePausesItsJob() {
        target.answers(410);
        String job = createdId(job());

        var ended = ended(triggered(job, "{}").get("id").textValue());

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
        await().until(() -> !tree(get(JOBS + "/{id}", job), 200).get("enabled").asBoolean());
        var paused = tree(get(JOBS + "/{id}", job), 200);
        assertThat(paused.get("status").textValue()).isEqualTo("PAUSED");
        assertThat(paused.get("pauseNote").textValue())
                .contains("execution " + ended.get("id").textValue());
    }

    @ParameterizedTest(name = "{0} with {1}: {2} after {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    200 | {"200": "FAIL"}                    | FAILED    | 1
                    200 | {"2xx": "RETRY"}                   | FAILED    | 3
                    404 | {"404": "SUCCEED"}                 | SUCCEEDED | 1
                    404 | {"4xx": "RETRY", "404": "FAIL"}    | FAILED    | 1
                    404 | {"4xx": "FAIL", "400-404": "RETRY"} | FAILED   | 3
                    503 | {"5xx": "FAIL"}                    | FAILED    | 1
                    503 | {"500": "FAIL"}                    | FAILED    | 3
                    410 | {"410": "SUCCEED"}                 | SUCCEEDED | 1
                    """)
    void rulesSayWhatAnAnswerMeans(int status, String rules, String state, int attempts) {
        target.answers(status);
        var call = call(AT_ONCE);
        config(call).set("onStatus", json(rules));

        var ended = ended(submittedId(call));

        assertThat(ended.get("state").textValue()).isEqualTo(state);
        assertThat(ended.get("attempt").asInt()).isEqualTo(attempts);
        assertThat(target.calls()).hasSize(attempts);
    }

    @Test
    void aRuleMayPauseTheJob() {
        target.answers(418);
        var job = job();
        config(job).putObject("onStatus").put("418", "PAUSE_JOB");
        String id = createdId(job);

        triggered(id, "{}");

        await().until(() -> !tree(get(JOBS + "/{id}", id), 200).get("enabled").asBoolean());
    }

    @Test
    void atMostOneRequestLeavesWhereNoMoreMay() {
        target.answers(503, new byte[0], Map.of("Retry-After", "0"));

        var ended = ended(submittedId(call(AT_ONCE).put("delivery", "AT_MOST_ONCE")));

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
        assertThat(target.calls()).hasSize(1);
    }

    @Test
    void aTimeoutIsNotRetriedWhereTheRequestMayHaveLeft() {
        target.neverAnswers();
        var call = call(AT_ONCE).put("delivery", "AT_MOST_ONCE").put("timeout", "200ms");

        var ended = ended(submittedId(call));

        assertThat(ended.at("/error/code").textValue()).isEqualTo("TIMEOUT");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
    }

    @Test
    void aRefusedConnectionIsRetriedWhateverTheDelivery() {
        var call = aCallOf(HttpTarget.refusingUrl()).put("delivery", "AT_MOST_ONCE");
        call.set("retry", json(AT_ONCE));

        var ended = ended(submittedId(call));

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.get("attempt").asInt()).isEqualTo(3);
        assertThat(ended.at("/error/code").textValue()).isEqualTo("HTTP_CONNECT");
    }

    private ObjectNode call(String retry) {
        var call = aCallOf(target.url("/"));
        call.set("retry", json(retry));
        return call;
    }

    private ObjectNode job() {
        var job = aJob().put("type", "http");
        job.putObject("config").put("url", target.url("/"));
        return job;
    }

    private static ObjectNode config(JsonNode submission) {
        return (ObjectNode) submission.get("config");
    }
}
