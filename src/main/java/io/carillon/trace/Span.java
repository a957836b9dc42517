package io.carillon.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Describes a finished span.
 *
 * @param parentId null: it is the first of its trace
 * @param isParentRemote whether the parent is a span of another service
 * @param failure the code of what went wrong; null: nothing
 */
public record Span(
        String traceId,
        String spanId,
        @Nullable String parentId,
        boolean isParentRemote,
        String name,
        SpanKind kind,
        Instant startedAt,
        Instant endedAt,
        @Nullable String failure,
        Attributes attributes,
        List<EventData> events,
        List<LinkData> links) {

    /** A span cannot end before it has started, whatever two clocks say. */
    public Span {
        startedAt = startedAt.isAfter(endedAt) ? endedAt : startedAt;
    }

    /** Returns a link to the span of an execution. */
    public static LinkData linkTo(UUID executionId) {
        return linkTo(
                new TraceParent(TraceIds.traceOf(executionId), TraceIds.spanOf(executionId), true));
    }

    /** Returns a link to a span. */
    public static LinkData linkTo(TraceParent span) {
        return LinkData.create(
                SpanContext.createFromRemoteParent(
                        span.traceId(),
                        span.spanId(),
                        span.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                        TraceState.getDefault()));
    }

    /** Returns nanoseconds since 1970. */
    public static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
