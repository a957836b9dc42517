package io.carillon.firing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/** Counts what firing does; described in docs/metrics.md. */
@Startup
@ApplicationScoped
class FiringMetrics {
    private final Counter executed;
    private final Counter skipped;
    private final Counter transactions;
    private final Counter moved;
    private final Timer delay;
    private final MeterRegistry registry;

    FiringMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.executed =
                Counter.builder("carillon.firings")
                        .description("Planned instants turned into executions")
                        .register(registry);
        this.skipped =
                Counter.builder("carillon.firings.skipped")
                        .description("Planned instants written to the ledger as skipped")
                        .register(registry);
        this.transactions =
                Counter.builder("carillon.firing.transactions")
                        .description("Firing transactions that fired something")
                        .register(registry);
        this.moved =
                Counter.builder("carillon.triggers.moved")
                        .description("Triggers whose next instant changed with new time zone rules")
                        .register(registry);
        this.delay =
                Timer.builder("carillon.firing.delay")
                        .description("From a planned instant to its firing transaction")
                        .publishPercentileHistogram()
                        .register(registry);
    }

    void setAside(Supplier<Number> count) {
        Gauge.builder("carillon.triggers.set.aside", count)
                .description("Triggers that cannot be fired because of a fault of their own")
                .register(registry);
    }

    void fired(Duration late) {
        executed.increment();
        delay.record(late.isNegative() ? Duration.ZERO : late);
    }

    void skipped(long count) {
        skipped.increment((double) count);
    }

    void transaction() {
        transactions.increment();
    }

    void movedByTimeZoneRules(int count) {
        moved.increment(count);
    }

    void repaired(String kind, int count) {
        registry.counter("carillon.trigger.repairs", "kind", kind).increment(count);
    }
}
