package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The log for those who collect it. */
class JsonLogIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void eachLineIsAnObjectAndAFailureNamesItsExecution() throws Exception {
        try (var postgres = new TestPostgres();
                var replica =
                        Replica.start(
                                        postgres.url(),
                                        Map.of("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true"))
                                .awaitReady();
                var http = HttpClient.newHttpClient()) {
            var submission =
                    HttpRequest.newBuilder(replica.uri("/api/v1/executions"))
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"type\": \"noop\", \"config\": {\"failures\": 9}, \"retry\": {\"maxAttempts\": 1}}"))
                            .build();
            var answer = http.send(submission, HttpResponse.BodyHandlers.ofString());
            String id = JSON.readTree(answer.body()).get("id").textValue();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> replica.log().contains("failed for good"));
            replica.stop();

            var lines = lines(replica.log());
            assertThat(lines)
                    .allMatch(line -> line.has("timestamp") && line.has("level"))
                    .anySatisfy(
                            line -> {
                                assertThat(line.at("/mdc/executionId").textValue()).isEqualTo(id);
                                assertThat(line.at("/mdc/code").textValue())
                                        .isEqualTo("NOOP_FAILURE");
                                assertThat(line.get("level").textValue()).isEqualTo("WARN");
                            });
        }
    }

    private static List<JsonNode> lines(String log) {
        return log.lines()
                .map(
                        line -> {
                            try {
                                return JSON.readTree(line);
                            } catch (IOException none) {
                                throw new UncheckedIOException(line, none);
                            }
                        })
                .toList();
    }
}
