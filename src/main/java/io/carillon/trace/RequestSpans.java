package io.carillon.trace;

import io.carillon.database.DatabaseClock;
import io.carillon.http.RequestIds;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.LinkData;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes the spans of requests that make executions: one in the caller's trace, if there is one,
 * and one in the trace of each execution. They are linked to each other.
 */
@Provider
@Priority(Priorities.AUTHENTICATION - 2)
class RequestSpans implements ContainerRequestFilter, ContainerResponseFilter {
    private static final String BEGAN = "io.carillon.trace.began";
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    /** As many as OpenTelemetry's own spans have. */
    private static final int MAX_LINKS = 128;

    private final Traces traces;
    private final Launches launches;
    private final DatabaseClock clock;

    RequestSpans(Traces traces, Launches launches, DatabaseClock clock) {
        this.traces = traces;
        this.launches = launches;
        this.clock = clock;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (traces.areOn() && "POST".equals(request.getMethod())) {
            request.setProperty(BEGAN, clock.now());
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(BEGAN) instanceof Instant began) {
            var traced = launches.executions().stream().filter(traces::isTraced).toList();
            if (!traced.isEmpty()) {
                add(request, response.getStatus(), traced, began);
            }
        }
    }

    private void add(
            ContainerRequestContext request, int status, List<UUID> executions, Instant began) {
        var ended = clock.now();
        String route = ID.matcher(request.getUriInfo().getPath()).replaceAll("{id}");
        var attributes =
                Attributes.builder()
                        .put("http.request.method", request.getMethod())
                        .put("http.route", route)
                        .put("http.response.status_code", status)
                        .put("carillon.request.id", RequestIds.of(request))
                        .build();
        var caller = TraceParent.parse(request.getHeaderString(TraceParent.HEADER));
        var served = caller.filter(TraceParent::isSampled).map(RequestSpans::child);
        served.ifPresent(
                own ->
                        traces.add(
                                new Span(
                                        own.traceId(),
                                        own.spanId(),
                                        caller.orElseThrow().spanId(),
                                        true,
                                        request.getMethod() + " " + route,
                                        SpanKind.SERVER,
                                        began,
                                        ended,
                                        null,
                                        attributes,
                                        List.of(),
                                        executions.stream()
                                                .limit(MAX_LINKS)
                                                .map(Span::linkTo)
                                                .toList())));
        var links = linksTo(served.or(() -> caller));
        for (var execution : executions) {
            traces.add(
                    new Span(
                            TraceIds.traceOf(execution),
                            TraceIds.originOf(execution),
                            TraceIds.spanOf(execution),
                            false,
                            "request",
                            SpanKind.INTERNAL,
                            began,
                            ended,
                            null,
                            attributes,
                            List.of(),
                            links));
        }
    }

    private static List<LinkData> linksTo(Optional<TraceParent> span) {
        return span.map(Span::linkTo).map(List::of).orElse(List.of());
    }

    private static TraceParent child(TraceParent caller) {
        long id = ThreadLocalRandom.current().nextLong() | 1;
        return new TraceParent(caller.traceId(), TraceIds.spanOf(id), true);
    }
}
