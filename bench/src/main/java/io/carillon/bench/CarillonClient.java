package io.carillon.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The little of Carillon's HTTP API that the bench calls. */
final class CarillonClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final URI base;

    CarillonClient(int port) {
        this.base = URI.create("http://127.0.0.1:" + port);
    }

    boolean isReady() {
        try {
            var request =
                    HttpRequest.newBuilder(base.resolve("/q/health/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }

    /** Creates one job. */
    void create(String job) {
        post("/api/v1/jobs", job, 201);
    }

    /** Creates all jobs of a batch, or fails. */
    void createBatch(String batch) {
        post("/api/v1/jobs/batch?atomic=true", batch, 200);
    }

    private void post(String path, String body, int expected) {
        try {
            var request =
                    HttpRequest.newBuilder(base.resolve(path))
                            .timeout(TIMEOUT)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != expected) {
                throw new BenchFailure(
                        "POST %s was answered with %d: %s"
                                .formatted(path, response.statusCode(), response.body()));
            }
        } catch (IOException failure) {
            throw new BenchFailure("POST " + path + " failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }
}
