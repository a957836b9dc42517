package io.carillon.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts what became of spans; described in docs/metrics.md. */
@Startup
@ApplicationScoped
class TraceMetrics {
    private final Meter.MeterProvider<Counter> spans;

    TraceMetrics(MeterRegistry registry) {
        spans =
                Counter.builder("carillon.traces.spans")
                        .description("Spans that were sent to the collector, or could not be")
                        .withRegistry(registry);
        sent(0);
        refused(0);
        dropped(0);
    }

    /** The collector took them. */
    void sent(int count) {
        spans.withTag("result", "sent").increment(count);
    }

    /** The collector did not answer, or refused them. */
    void refused(int count) {
        spans.withTag("result", "refused").increment(count);
    }

    /** There was no room for them. */
    void dropped(int count) {
        spans.withTag("result", "dropped").increment(count);
    }
}
