package io.carillon.execution;

import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a handler throws or says, its execution ends, and its slot is free again. */
@QuarkusTest
@TestProfile(FailingHandler.Profile.class)
class EveryAttemptEndsTest {
    private static final Pattern RUNNING =
            Pattern.compile("(?m)^carillon_worker_running ([0-9.]+)");

    @ParameterizedTest
    @CsvSource({
        "OUT_OF_MEMORY, java.lang.OutOfMemoryError: Java heap space",
        "INTERNAL_ERROR, java.lang.InternalError: a fault of the machine",
        "STACK_OVERFLOW, java.lang.StackOverflowError",
        "DEEP_RESULT, nesting depth",
        "HOSTILE_EXCEPTION, io.carillon.execution.FailingHandler$HostileException"
    })
    void whateverIsThrown(String how, String message) {
        var ended = run(how);

        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.at("/error/code").textValue()).isEqualTo("HANDLER_ERROR");
        assertThat(ended.at("/error/message").textValue()).contains(message);
        await().untilAsserted(() -> assertThat(slotsTaken()).isZero());
        assertThat(run("WELL").get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void aMessageOfAnyLengthIsCut() {
        var ended = run("LONG_MESSAGE");

        var message = ended.at("/error/message").textValue();
        assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4096);
        assertThat(message).endsWith("… (cut, it had 380000 bytes)");
        assertThat(ended.at("/errors/0/message").textValue()).isEqualTo(message);
    }

    private static JsonNode run(String how) {
        var submission = object().put("type", "failing").put("timeout", "5s");
        submission.putObject("config").put("how", how);
        submission.putObject("retry").put("maxAttempts", 1);
        return ended(submittedId(submission));
    }

    private static double slotsTaken() {
        var matcher = RUNNING.matcher(get("/q/metrics").asString());
        assertThat(matcher.find()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
