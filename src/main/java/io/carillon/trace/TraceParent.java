package io.carillon.trace;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a span of somebody's, by <a href="https://www.w3.org/TR/trace-context/">W3C Trace
 * Context</a>.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param isSampled whether it may have been recorded
 */
public record TraceParent(String traceId, String spanId, boolean isSampled) {
    /** The name of the header. */
    public static final String HEADER = "traceparent";

    /** A version that is not known yet may have more fields behind those of version 00. */
    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?:00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})"
                            + "|(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?)");

    private static final Pattern ZEROS = Pattern.compile("0+");

    /** Reads a header; empty if there is none, or it is not valid. */
    public static Optional<TraceParent> parse(@Nullable String header) {
        var matcher = SYNTAX.matcher(header == null ? "" : header.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int first = matcher.group(1) == null ? 4 : 1;
        String traceId = matcher.group(first);
        String spanId = matcher.group(first + 1);
        int flags = Integer.parseInt(matcher.group(first + 2), 16);
        return ZEROS.matcher(traceId).matches() || ZEROS.matcher(spanId).matches()
                ? Optional.empty()
                : Optional.of(new TraceParent(traceId, spanId, (flags & 1) == 1));
    }

    /** Returns the header. */
    @Override
    public String toString() {
        return "00-" + traceId + "-" + spanId + (isSampled ? "-01" : "-00");
    }
}
