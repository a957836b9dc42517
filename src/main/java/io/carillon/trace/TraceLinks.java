package io.carillon.trace;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/** Says where people see traces. */
@ApplicationScoped
public class TraceLinks {
    private final TraceConfig config;
    private final Traces traces;

    TraceLinks(TraceConfig config, Traces traces) {
        this.config = config;
        this.traces = traces;
    }

    /** Returns the URL of an execution's trace; empty if none is known, or it is not traced. */
    public Optional<String> of(UUID executionId) {
        return config.link()
                .filter(link -> traces.isInSample(executionId))
                .map(link -> link.replace("{traceId}", TraceIds.traceOf(executionId)));
    }
}
