package io.carillon.alert;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts the messages of rules; described in docs/metrics.md. */
@Startup
@ApplicationScoped
class AlertMetrics {
    private final Counter sent;
    private final Counter refused;

    AlertMetrics(MeterRegistry registry) {
        this.sent = counter(registry, "SENT");
        this.refused = counter(registry, "REFUSED");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("carillon.rule.messages")
                .description("Messages of rules that became executions, or were refused")
                .tag("outcome", outcome)
                .register(registry);
    }

    void sent() {
        sent.increment();
    }

    /** A target is no longer allowed, or a job is gone. */
    void refused() {
        refused.increment();
    }
}
