package io.carillon.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A client of the API as a careful user has it: other replicas are tried where one fails. */
final class Client {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BEFORE_RETRY = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private final List<Replica> replicas;

    /** An answer that decides: a success, or a refusal that repeating does not change. */
    record Answer(int status, JsonNode body) {
        boolean isSuccess() {
            return status < 300;
        }
    }

    Client(List<Replica> replicas) {
        this.replicas = replicas;
    }

    /** Sends it once. Null: whether it was done is not known. */
    @Nullable Answer post(String path, Object body) {
        return post(path, body, null);
    }

    /** Sends it until an answer decides, for a minute and a half. */
    @Nullable Answer postUntilAnswered(String path, Object body, @Nullable String key) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var answer = post(path, body, key);
            if (answer != null) {
                return answer;
            }
            Await.pause(BEFORE_RETRY);
        }
        return null;
    }

    private @Nullable Answer post(String path, Object body, @Nullable String key) {
        var replica = replicas.get(ThreadLocalRandom.current().nextInt(replicas.size()));
        try {
            var request =
                    HttpRequest.newBuilder(replica.uri("/api/v1" + path))
                            .timeout(TIMEOUT)
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofByteArray(
                                            JSON.writeValueAsBytes(body)));
            if (key != null) {
                request.header("Idempotency-Key", key);
            }
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() < 500 && response.statusCode() != 429
                    ? new Answer(response.statusCode(), JSON.readTree(response.body()))
                    : null;
        } catch (JsonProcessingException failure) {
            throw new ChaosFailure("No JSON to or from " + path, failure);
        } catch (IOException unknown) {
            return null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosFailure("interrupted");
        }
    }
}
