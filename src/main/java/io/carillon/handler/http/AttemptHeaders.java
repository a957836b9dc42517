package io.carillon.handler.http;

import io.carillon.handler.ExecutionContext;
import java.util.Map;
import java.util.TreeMap;

/** The headers by which a target knows an attempt. */
final class AttemptHeaders {
    private AttemptHeaders() {}

    /** Returns them by name, ignoring case, in a map to which others may be added. */
    static Map<String, String> of(ExecutionContext<?> context) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "Carillon");
        headers.put("Idempotency-Key", context.executionId().toString());
        headers.put("Carillon-Attempt", Integer.toString(context.attempt()));
        headers.put("Carillon-Epoch", Long.toString(context.epoch()));
        headers.put("Carillon-Scheduled-At", context.scheduledAt().toString());
        headers.put("traceparent", context.traceparent());
        return headers;
    }
}
