package io.carillon.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The little of Carillon's HTTP API that the bench calls. */
final class CarillonClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern ACCEPTED = Pattern.compile("\"accepted\"\\s*:\\s*(\\d+)");
    private static final Pattern EXECUTED =
            Pattern.compile(
                    "^carillon_attempt_seconds_count\\{[^}]*outcome=\"SUCCEEDED\"[^}]*} (\\S+)$",
                    Pattern.MULTILINE);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final URI base;

    /** Empty: requests have no key. */
    private final Optional<String> key;

    CarillonClient(int port) {
        this(URI.create("http://127.0.0.1:" + port), Optional.empty());
    }

    private CarillonClient(URI base, Optional<String> key) {
        this.base = base;
        this.key = key;
    }

    /** The same replica, called with a key. */
    CarillonClient withKey(String key) {
        return new CarillonClient(base, Optional.of(key));
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

    /** Reads what a path under the root answers. */
    void read(String path) {
        get(path);
    }

    /** Reads a stream of events until it is closed. */
    InputStream follow(String path) throws IOException {
        var request =
                HttpRequest.newBuilder(base.resolve(path))
                        .header("Accept", "text/event-stream")
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Submits one execution. */
    void submit(String execution) {
        post("/api/v1/executions", execution, 202);
    }

    /** Submits all executions of a batch, or fails. */
    void submitBatch(String batch, int size) {
        String answer = post("/api/v1/executions/batch", batch, 202);
        var accepted = ACCEPTED.matcher(answer);
        if (!accepted.find() || Integer.parseInt(accepted.group(1)) != size) {
            throw new BenchFailure(
                    "Of %d executions not all were accepted: %.500s".formatted(size, answer));
        }
    }

    /** How many attempts of no-ops have succeeded on this replica since it started. */
    long executed() {
        return EXECUTED.matcher(get("/q/metrics"))
                .results()
                .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
                .sum();
    }

    private String get(String path) {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return send(path, request.build(), 200);
    }

    /** Posts JSON and returns the answer, or fails if it has another status. */
    String post(String path, String body, int expected) {
        var request =
                HttpRequest.newBuilder(base.resolve(path))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return send(path, request.build(), expected);
    }

    private String send(String path, HttpRequest request, int expected) {
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != expected) {
                throw new BenchFailure(
                        "%s %s was answered with %d: %.2000s"
                                .formatted(
                                        request.method(),
                                        path,
                                        response.statusCode(),
                                        response.body()));
            }
            return response.body();
        } catch (IOException failure) {
            throw new BenchFailure(request.method() + " " + path + " failed", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }
}
