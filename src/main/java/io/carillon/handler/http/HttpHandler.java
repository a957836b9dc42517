package io.carillon.handler.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Calls a URL once per attempt; follows no redirects. {@code Idempotency-Key} is the execution's id
 * and stays the same over its attempts, so that a receiver can tell a repetition from a new call.
 */
@ApplicationScoped
class HttpHandler implements JobHandler<HttpConfig> {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();

    private final DatabaseClock clock;

    HttpHandler(DatabaseClock clock) {
        this.clock = clock;
    }

    @PreDestroy
    void close() {
        client.shutdownNow();
    }

    @Override
    public String type() {
        return "http";
    }

    @Override
    public Class<HttpConfig> configType() {
        return HttpConfig.class;
    }

    @Override
    public Outcome run(ExecutionContext<HttpConfig> context) throws InterruptedException {
        var config = context.config();
        HttpRequest request;
        try {
            request = requestOf(context);
        } catch (IllegalArgumentException refused) {
            // Its message may hold a header's value.
            return Outcome.failure("HTTP_REQUEST", "no request can be made of this config")
                    .notRetryable();
        }
        HttpResponse<CappedBody> response;
        try {
            response = client.send(request, CappedBody.handler());
        } catch (IOException failure) {
            return HttpFailures.of(failure, request.uri());
        }
        var result = resultOf(response);
        int status = response.statusCode();
        var failure =
                Outcome.failure("HTTP_STATUS", "the target answered " + status).withResult(result);
        return switch (config.actionOn(status)) {
            case SUCCEED -> new Outcome.Success(result);
            case FAIL -> failure.notRetryable();
            case PAUSE_JOB -> failure.pausingJob();
            case RETRY ->
                    RetryAfter.parse(response.headers().firstValue("Retry-After"), clock.now())
                            .map(failure::notBefore)
                            .orElse(failure);
        };
    }

    private static HttpRequest requestOf(ExecutionContext<HttpConfig> context) {
        var config = context.config();
        var body = config.content();
        var publisher =
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(
                                body.isTextual() ? body.textValue() : body.toString());
        String method = config.method() == null ? (body == null ? "GET" : "POST") : config.method();
        var request =
                HttpRequest.newBuilder(URI.create(config.url()))
                        .method(method.toUpperCase(Locale.ROOT), publisher)
                        .setHeader("User-Agent", "Carillon")
                        .setHeader("Idempotency-Key", context.executionId().toString())
                        .setHeader("Carillon-Attempt", Integer.toString(context.attempt()))
                        .setHeader("Carillon-Scheduled-At", context.scheduledAt().toString());
        if (body != null) {
            request.setHeader(
                    "Content-Type",
                    body.isTextual() ? "text/plain; charset=utf-8" : "application/json");
        }
        var headers = config.headers() == null ? Map.<String, String>of() : config.headers();
        headers.forEach(request::setHeader);
        return request.build();
    }

    private static ObjectNode resultOf(HttpResponse<CappedBody> response) {
        var result = JsonNodeFactory.instance.objectNode();
        result.put("status", response.statusCode());
        var headers = result.putObject("headers");
        response.headers()
                .map()
                .forEach(
                        (name, values) ->
                                headers.put(name, String.join(", ", List.copyOf(values))));
        var body = response.body();
        // PostgreSQL's jsonb cannot hold U+0000.
        result.put(
                "body", new String(body.bytes(), StandardCharsets.UTF_8).replace('\0', '\uFFFD'));
        if (body.isCut()) {
            result.put("bodyCut", true);
            result.put("bodyBytes", body.length());
        }
        return result;
    }
}
