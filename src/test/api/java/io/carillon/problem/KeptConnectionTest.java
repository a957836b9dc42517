package io.carillon.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before its body is read leaves a kept connection as it should be. */
@QuarkusTest
class KeptConnectionTest {
    private static final int REQUESTS = 200;

    /** More than one read of a socket brings. */
    private static final String BODY =
            "{\"type\": \"noop\", \"config\": {\"text\": \"" + "x".repeat(300_000) + "\"}}";

    @ParameterizedTest
    @CsvSource({
        "POST, api/v1/executions?nonsense=1, application/json, 400",
        "POST, api/v1/executions, text/plain, 415",
        "DELETE, api/v1/executions, application/json, 405",
        "POST, api/v1/nothing, application/json, 404"
    })
    void aRefusalLeavesTheConnectionUsable(String method, String path, String type, int status)
            throws Exception {
        var server = URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/");
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int count = 0; count < REQUESTS; count++) {
                var request =
                        HttpRequest.newBuilder(server.resolve(path))
                                .timeout(Duration.ofSeconds(10))
                                .header("Content-Type", type)
                                .method(method, BodyPublishers.ofString(BODY))
                                .build();

                var response = client.send(request, BodyHandlers.ofString());

                assertThat(response.statusCode()).as("request %d", count).isEqualTo(status);
            }
        }
    }
}
