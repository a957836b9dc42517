package io.carillon.execution.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.trace.Span;
import io.carillon.trace.TraceIds;
import io.carillon.trace.TraceParent;
import io.carillon.trace.Traces;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes the spans of attempts. */
@ApplicationScoped
public class AttemptSpans {
    /** The outcome of an attempt whose claim another has taken over. */
    private static final String LEASE_LOST = "LEASE_LOST";

    /** Types whose attempts are work of another service, which has their span as its parent. */
    private static final Set<String> CALLS = Set.of("http", "custom");

    private final Traces traces;
    private final DatabaseClock clock;

    AttemptSpans(Traces traces, DatabaseClock clock) {
        this.traces = traces;
        this.clock = clock;
    }

    /** Returns what an attempt is called by. */
    public TraceParent parent(Claim claim) {
        return traces.parent(claim.id(), claim.epoch());
    }

    /**
     * Writes an attempt that ends now. One whose target answers later has not ended.
     *
     * @param duration since it began
     */
    public void ended(Completion completion, Duration duration) {
        var claim = completion.claim();
        if (completion.state() != ExecutionState.AWAITING && traces.isTraced(claim.id())) {
            add(
                    claim,
                    () ->
                            spanOf(
                                    claim,
                                    completion.state().name(),
                                    codeOf(completion),
                                    completion,
                                    duration));
        }
    }

    /** Writes an attempt that ends now, and whose outcome does not count. */
    public void leaseLost(Claim claim, Duration duration) {
        if (traces.isTraced(claim.id())) {
            add(claim, () -> spanOf(claim, LEASE_LOST, LEASE_LOST, null, duration));
        }
    }

    private static @Nullable String codeOf(Completion completion) {
        if (completion.error() instanceof JsonNode error) {
            return error.path("code").asText();
        }
        return null;
    }

    /** No outcome fails because of its span. */
    private void add(Claim claim, Supplier<Span> span) {
        try {
            traces.add(span.get());
        } catch (RuntimeException failure) {
            Log.warnf(
                    failure,
                    "no span of an attempt jobId=%s executionId=%s attempt=%d",
                    claim.jobId(),
                    claim.id(),
                    claim.attempt());
        }
    }

    private Span spanOf(
            Claim claim,
            String outcome,
            @Nullable String code,
            @Nullable Completion completion,
            Duration duration) {
        var ended = clock.now();
        var attributes =
                Attributes.builder()
                        .put("carillon.execution.id", claim.id().toString())
                        .put("carillon.namespace", claim.namespace())
                        .put("carillon.type", claim.type())
                        .put("carillon.queue", claim.queue())
                        .put("carillon.attempt", claim.attempt())
                        .put("carillon.epoch", claim.epoch())
                        .put("carillon.start_delay_ms", claim.startDelay().toMillis())
                        .put("carillon.outcome", outcome);
        if (claim.jobId() != null) {
            attributes.put("carillon.job.id", claim.jobId().toString());
        }
        if (claim.jobName() != null) {
            attributes.put("carillon.job.name", claim.jobName());
        }
        if (claim.task() != null) {
            attributes.put("carillon.task", claim.task());
        }
        if (code != null) {
            attributes.put("error.type", code);
        }
        if (completion != null
                && "http".equals(claim.type())
                && completion.result() instanceof JsonNode result
                && result.path("status").isInt()) {
            attributes.put("http.response.status_code", result.path("status").intValue());
        }
        return new Span(
                TraceIds.traceOf(claim.id()),
                TraceIds.spanOf(claim.epoch()),
                TraceIds.spanOf(claim.id()),
                false,
                "attempt " + claim.type(),
                CALLS.contains(claim.type()) ? SpanKind.CLIENT : SpanKind.INTERNAL,
                ended.minus(duration),
                ended,
                code,
                attributes.build(),
                List.of(),
                List.of());
    }
}
