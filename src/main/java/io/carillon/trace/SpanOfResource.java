package io.carillon.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/**
 * Shows a span to OpenTelemetry's exporter. Its own spans cannot be used: they have ids that they
 * make themselves, and begin and end in one process.
 */
record SpanOfResource(Span span, Resource resource) implements SpanData {
    private static final InstrumentationScopeInfo SCOPE =
            InstrumentationScopeInfo.create("io.carillon");

    @Override
    public String getName() {
        return span.name();
    }

    @Override
    public SpanKind getKind() {
        return span.kind();
    }

    @Override
    public SpanContext getSpanContext() {
        return SpanContext.create(
                span.traceId(), span.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
    }

    @Override
    public SpanContext getParentSpanContext() {
        String parentId = span.parentId();
        if (parentId == null) {
            return SpanContext.getInvalid();
        }
        var flags = TraceFlags.getSampled();
        var state = TraceState.getDefault();
        return span.isParentRemote()
                ? SpanContext.createFromRemoteParent(span.traceId(), parentId, flags, state)
                : SpanContext.create(span.traceId(), parentId, flags, state);
    }

    @Override
    public StatusData getStatus() {
        return span.failure() == null
                ? StatusData.unset()
                : StatusData.create(StatusCode.ERROR, span.failure());
    }

    @Override
    public long getStartEpochNanos() {
        return Span.nanos(span.startedAt());
    }

    @Override
    public long getEndEpochNanos() {
        return Span.nanos(span.endedAt());
    }

    @Override
    public Attributes getAttributes() {
        return span.attributes();
    }

    @Override
    public List<EventData> getEvents() {
        return span.events();
    }

    @Override
    public List<LinkData> getLinks() {
        return span.links();
    }

    @Override
    public boolean hasEnded() {
        return true;
    }

    @Override
    public int getTotalRecordedEvents() {
        return span.events().size();
    }

    @Override
    public int getTotalRecordedLinks() {
        return span.links().size();
    }

    @Override
    public int getTotalAttributeCount() {
        return span.attributes().size();
    }

    /** The interface still has it; exporters ask for the scope. */
    @Override
    @SuppressWarnings("deprecation")
    public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return InstrumentationLibraryInfo.create(SCOPE.getName(), null);
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return SCOPE;
    }

    @Override
    public Resource getResource() {
        return resource;
    }
}
