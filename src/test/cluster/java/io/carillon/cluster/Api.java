package io.carillon.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls a replica's API as any client would. */
public final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private final Replica replica;

    /** A status and its body; an empty body is a missing node. */
    public record Answer(int status, JsonNode body) {}

    public Api(Replica replica) {
        this.replica = replica;
    }

    public Answer get(String path) throws IOException {
        return send("GET", path, null);
    }

    public Answer post(String path, Object body) throws IOException {
        return send("POST", path, body);
    }

    public Answer put(String path, Object body) throws IOException {
        return send("PUT", path, body);
    }

    /** The same key and body again give the same execution. */
    public Answer submit(Object body, String idempotencyKey) throws IOException {
        return send("POST", "/executions", body, "Idempotency-Key", idempotencyKey);
    }

    public Answer patch(String path, Object body) throws IOException {
        return send("PATCH", path, body);
    }

    public Answer delete(String path) throws IOException {
        return send("DELETE", path, null);
    }

    private Answer send(String method, String path, Object body, String... headers)
            throws IOException {
        var publisher =
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(
                                body instanceof String text ? text : JSON.writeValueAsString(body));
        var request =
                HttpRequest.newBuilder(replica.uri("/api/v1" + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .method(method, publisher);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
