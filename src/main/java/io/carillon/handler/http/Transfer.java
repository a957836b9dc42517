package io.carillon.handler.http;

import io.carillon.handler.ExecutionContext;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.problem.Problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends what another type has made, by one call to a URL: its checks and its headers. */
public final class Transfer {
    private Transfer() {}

    /** Returns the violations of a config's {@code url} and {@code headers}. */
    public static List<Violation> check(
            OutgoingGuard guard, String url, Map<String, String> headers) {
        var violations = new ArrayList<Violation>();
        try {
            guard.refusal(CallTarget.of(url).host())
                    .ifPresent(refusal -> violations.add(new Violation("url", refusal)));
        } catch (IllegalArgumentException wrong) {
            violations.add(
                    new Violation("url", "expected an absolute http or https URL with a host"));
        }
        if (!headers.entrySet().stream()
                .allMatch(each -> HttpHeaderRules.allows(each.getKey(), each.getValue()))) {
            violations.add(new Violation("headers", "has a header that a job cannot send"));
        }
        return violations;
    }

    /** Returns the headers of an attempt's call; those of the config win. */
    public static Map<String, String> headers(
            ExecutionContext<?> context, String contentType, Map<String, String> own) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "Carillon");
        headers.put("Idempotency-Key", context.executionId().toString());
        headers.put("Carillon-Attempt", Integer.toString(context.attempt()));
        headers.put("Content-Type", contentType);
        headers.putAll(own);
        return headers;
    }
}
