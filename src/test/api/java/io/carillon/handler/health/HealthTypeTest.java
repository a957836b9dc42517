package io.carillon.handler.health;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.HttpTarget;
import io.carillon.support.TlsServer;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes of real servers. */
@QuarkusTest
class HealthTypeTest {
    private final HttpTarget target = HttpTarget.start();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void aHealthyUrlIsASuccessThatSaysWhatWasSeen() {
        target.answers(
                200,
                "{\"status\": \"ok\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Map.of());

        var execution =
                probed(
                        "{\"url\": \"%s\", \"expectedBody\": {\"json\": {\"/status\": \"ok\"}}, \"maxLatency\": \"10s\"}"
                                .formatted(target.url("/health")));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/healthy").asBoolean()).isTrue();
        assertThat(execution.at("/result/status").asInt()).isEqualTo(200);
        assertThat(execution.at("/result/latencyMillis").asInt(-1)).isNotNegative();
    }

    @Test
    void anotherStatusAnotherBodyAndTooLateAreToldApart() {
        target.answers(503).answers(200).answers(200);
        String url = target.url("/");

        assertFault(probed("{\"url\": \"%s\"}".formatted(url)), "HEALTH_STATUS");
        assertFault(
                probed(
                        "{\"url\": \"%s\", \"expectedBody\": {\"contains\": \"well\"}}"
                                .formatted(url)),
                "HEALTH_BODY");
        assertFault(probed("{\"url\": \"%s\", \"status\": 204}".formatted(url)), "HEALTH_STATUS");
    }

    @Test
    void aPortThatListensIsHealthyAndOneThatDoesNotIsNot() {
        String open = target.url("").replace("http://", "");
        String closed = HttpTarget.refusingUrl().replace("http://", "").replaceFirst("/.*", "");

        assertThat(probed("{\"tcp\": \"%s\"}".formatted(open)).get("state").textValue())
                .isEqualTo("SUCCEEDED");
        assertFault(probed("{\"tcp\": \"%s\"}".formatted(closed)), "HTTP_CONNECT");
    }

    /** Nothing but the handshake is needed to know it, and it need not be trusted. */
    @Test
    void aCertificateThatEndsInThreeDaysIsNotHealthyAndItsEndIsTold(@TempDir Path folder)
            throws Exception {
        try (var server = TlsServer.withCertificateOf(Duration.ofDays(3), folder)) {
            var byPort =
                    probed("{\"tcp\": \"localhost:%d\", \"tls\": true}".formatted(server.port()));
            var byUrl = probed("{\"url\": \"https://localhost:%d/\"}".formatted(server.port()));

            for (var execution : new JsonNode[] {byPort, byUrl}) {
                assertFault(execution, "HEALTH_CERTIFICATE");
                assertThat(execution.at("/result/certificate/daysLeft").asInt()).isEqualTo(3);
                assertThat(execution.at("/result/certificate/subject").textValue())
                        .isEqualTo("CN=localhost");
                var endsAt = execution.at("/result/certificate/endsAt").textValue();
                assertThat(Instant.parse(endsAt)).isEqualTo(server.certificateEndsAt());
                assertThat(execution.at("/error/message").textValue())
                        .contains("ends at " + endsAt);
            }
        }
    }

    @Test
    void aCertificateThatLastsLongEnoughMustBeTrustedAsWell(@TempDir Path folder) throws Exception {
        try (var server = TlsServer.withCertificateOf(Duration.ofDays(3), folder)) {
            var execution =
                    probed(
                            "{\"tcp\": \"localhost:%d\", \"tls\": true, \"certificateDays\": 2}"
                                    .formatted(server.port()));

            assertFault(execution, "HEALTH_CERTIFICATE");
            assertThat(execution.at("/error/message").textValue()).contains("is not trusted");
            assertThat(execution.at("/result/certificate/trusted").asBoolean(true)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url          | {}",
                "url          | {\"url\": \"http://a\", \"tcp\": \"a:1\"}",
                "url          | {\"url\": \"ftp://a\"}",
                "url          | {\"url\": \"http://169.254.169.254/\"}",
                "tcp          | {\"tcp\": \"a\"}",
                "tcp          | {\"tcp\": \"a:99999\"}",
                "tcp          | {\"tcp\": \"169.254.169.254:80\"}",
                "tls          | {\"url\": \"http://a.example\", \"tls\": true}",
                "status       | {\"tcp\": \"a.example:1\", \"status\": 200}",
                "expectedBody | {\"url\": \"http://a.example\", \"expectedBody\": {}}"
            })
    void whatIsWrongIsNamed(String field, String config) {
        var job = aJob().put("type", "health_check");
        job.set("config", json(config));

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config." + field);
    }

    private static void assertFault(JsonNode execution, String code) {
        assertThat(execution.at("/error/code").textValue()).isEqualTo(code);
        assertThat(execution.at("/result/healthy").asBoolean(true)).isFalse();
    }

    private static JsonNode probed(String config) {
        var probe = object().put("type", "health_check");
        probe.set("config", json(config));
        probe.set("retry", json("{\"maxAttempts\": 1}"));
        return ended(submittedId(probe));
    }
}
