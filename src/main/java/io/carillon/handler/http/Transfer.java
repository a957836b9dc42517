package io.carillon.handler.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.Outcome;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.problem.Problem.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sends what another type has made, by one call to a URL: its checks, its headers and its outcome.
 */
public final class Transfer {
    private Transfer() {}

    /** Returns the violations of a config's {@code url} and {@code headers}. */
    public static List<Violation> check(String url, Map<String, String> headers) {
        var violations = new ArrayList<Violation>();
        if (!CallTarget.isOne(url)) {
            violations.add(
                    new Violation("url", "expected an absolute http or https URL with a host"));
        }
        if (!headers.entrySet().stream()
                .allMatch(each -> HttpHeaderRules.allows(each.getKey(), each.getValue()))) {
            violations.add(new Violation("headers", "has a header that a job cannot send"));
        }
        return violations;
    }

    /**
     * Returns the violation of a field's URL whose address the guard refuses to jobs of a
     * namespace; none if it is no URL.
     */
    public static List<Violation> refusals(
            OutgoingGuard guard, String namespace, String field, String url) {
        return CallTarget.isOne(url)
                ? guard.refusal(CallTarget.of(url).host(), namespace).stream()
                        .map(refusal -> new Violation(field, refusal))
                        .toList()
                : List.of();
    }

    /**
     * Returns the outcome of a call by its status: any 2xx is a success, and what may pass is
     * retried, by {@code Retry-After} if there is one.
     *
     * @param result to which the status and the beginning of the answer's body are added
     */
    public static Outcome outcome(Answer answer, ObjectNode result, Instant now) {
        result.put("status", answer.status());
        result.put("body", answer.body().text());
        if (answer.status() / 100 == 2) {
            return new Outcome.Success(result);
        }
        var failure =
                Outcome.failure("HTTP_STATUS", "the target answered " + answer.status())
                        .withResult(result);
        return switch (answer.status()) {
            case 408, 425, 429, 500, 502, 503, 504 ->
                    RetryAfter.parse(answer.header("Retry-After"), now)
                            .map(failure::notBefore)
                            .orElse(failure);
            default -> failure.notRetryable();
        };
    }

    /** Returns the headers of an attempt's call; those of the config win. */
    public static Map<String, String> headers(
            ExecutionContext<?> context, String contentType, Map<String, String> own) {
        var headers = AttemptHeaders.of(context);
        headers.put("Content-Type", contentType);
        headers.putAll(own);
        return headers;
    }
}
