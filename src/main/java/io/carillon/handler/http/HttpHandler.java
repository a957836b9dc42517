package io.carillon.handler.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls a URL once per attempt; follows no redirects. {@code Idempotency-Key} is the execution's id
 * and stays the same over its attempts, so that a receiver can tell a repetition from a new call.
 */
@ApplicationScoped
class HttpHandler implements JobHandler<HttpConfig> {
    private final HttpCalls calls;
    private final OutgoingGuard guard;
    private final DatabaseClock clock;

    HttpHandler(HttpCalls calls, OutgoingGuard guard, DatabaseClock clock) {
        this.calls = calls;
        this.guard = guard;
        this.clock = clock;
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
    public List<Violation> check(HttpConfig config) {
        return guard.refusal(CallTarget.of(config.url()).host()).stream()
                .map(refusal -> new Violation("url", refusal))
                .toList();
    }

    @Override
    public Outcome run(ExecutionContext<HttpConfig> context) throws InterruptedException {
        var config = context.config();
        var call = callOf(context);
        Answer answer;
        try {
            answer = calls.send(call);
        } catch (IOException failure) {
            return HttpFailures.of(failure, call.target());
        }
        var result = resultOf(answer);
        int status = answer.status();
        var failure =
                Outcome.failure("HTTP_STATUS", "the target answered " + status).withResult(result);
        return switch (config.actionOn(status)) {
            case SUCCEED -> new Outcome.Success(result);
            case FAIL -> failure.notRetryable();
            case PAUSE_JOB -> failure.pausingJob();
            case RETRY ->
                    RetryAfter.parse(answer.header("Retry-After"), clock.now())
                            .map(failure::notBefore)
                            .orElse(failure);
        };
    }

    private static Call callOf(ExecutionContext<HttpConfig> context) {
        var config = context.config();
        var body = config.content();
        String method = config.method() == null ? (body == null ? "GET" : "POST") : config.method();
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "Carillon");
        headers.put("Idempotency-Key", context.executionId().toString());
        headers.put("Carillon-Attempt", Integer.toString(context.attempt()));
        headers.put("Carillon-Scheduled-At", context.scheduledAt().toString());
        if (body != null) {
            headers.put(
                    "Content-Type",
                    body.isTextual() ? "text/plain; charset=utf-8" : "application/json");
        }
        headers.putAll(config.headers() == null ? Map.of() : config.headers());
        String text = body == null ? null : body.isTextual() ? body.textValue() : body.toString();
        return new Call(
                CallTarget.of(config.url()),
                method.toUpperCase(Locale.ROOT),
                headers,
                text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode resultOf(Answer answer) {
        var result = JsonNodeFactory.instance.objectNode();
        result.put("status", answer.status());
        var headers = result.putObject("headers");
        answer.headers()
                .forEach(
                        (name, value) ->
                                headers.put(
                                        name.toLowerCase(Locale.ROOT),
                                        value.replace('\0', '\uFFFD')));
        var body = answer.body();
        result.put("body", body.text());
        if (body.isCut()) {
            result.put("bodyCut", true);
            result.put("bodyBytes", body.length());
        }
        return result;
    }
}
