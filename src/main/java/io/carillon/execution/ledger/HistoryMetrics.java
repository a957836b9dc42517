package io.carillon.execution.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.function.ToDoubleFunction;

/**
 * Publishes what the ledger keeps, as last read by {@link HistoryWatch}; described in
 * docs/metrics.md.
 */
@Startup
@ApplicationScoped
class HistoryMetrics {
    /**
     * @param days how many partitions there are, those ahead included
     * @param oldestDay when the oldest begins
     * @param bytes of all days, their indexes included
     */
    record Kept(int days, Instant oldestDay, long bytes) {}

    private volatile Kept kept = new Kept(0, Instant.EPOCH, 0);
    private volatile Instant prunedAt = Instant.EPOCH;

    HistoryMetrics(MeterRegistry registry) {
        Gauge.builder("carillon.history.partitions", this, metrics -> metrics.kept.days)
                .description("Days the ledger has a partition for, a week ahead included")
                .register(registry);
        Gauge.builder("carillon.history.bytes", this, metrics -> (double) metrics.kept.bytes)
                .description("What the ledger's days take on disk, indexes included")
                .register(registry);
        Gauge.builder(
                        "carillon.history.oldest.timestamp.seconds",
                        this,
                        seconds(metrics -> metrics.kept.oldestDay))
                .description("When the oldest day that is kept began, since 1970")
                .register(registry);
        Gauge.builder(
                        "carillon.history.prune.timestamp.seconds",
                        this,
                        seconds(metrics -> metrics.prunedAt))
                .description("When days were last made and dropped without failure, since 1970")
                .register(registry);
    }

    private interface At {
        Instant of(HistoryMetrics metrics);
    }

    private static ToDoubleFunction<HistoryMetrics> seconds(At at) {
        return metrics -> (double) at.of(metrics).getEpochSecond();
    }

    /** Stores what is kept since days were last made and dropped. */
    void pruned(Instant at, Kept nowKept) {
        prunedAt = at;
        kept = nowKept;
    }
}
