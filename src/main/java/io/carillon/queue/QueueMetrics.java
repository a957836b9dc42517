package io.carillon.queue;

import io.carillon.database.DatabaseClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Shows what queues held when they were last counted; described in docs/metrics.md. Clients choose
 * the names of queues, so only the first {@link #MAX_SERIES} by namespace and name have their own
 * series; the others share one.
 */
@ApplicationScoped
class QueueMetrics {
    static final int MAX_SERIES = 100;
    private static final List<String> STATES =
            List.of("BLOCKED", "SCHEDULED", "QUEUED", "RUNNING", "AWAITING", "RETRYING");

    /** The labels of the shared series; no queue can have this name. */
    private static final QueueKey OTHERS = new QueueKey("(others)", "(others)");

    private final MultiGauge depth;
    private final MultiGauge oldest;
    private final DatabaseClock clock;

    /** Sums the counts for one value of the label. */
    private static final class Series {
        private final long[] counts = new long[STATES.size()];
        private Instant oldestAt = Instant.MAX;

        private void add(QueueSample.Held held) {
            for (int state = 0; state < counts.length; state++) {
                counts[state] += held.byState().getOrDefault(STATES.get(state), 0L);
            }
            var at = held.oldestQueuedAt();
            oldestAt = at != null && at.isBefore(oldestAt) ? at : oldestAt;
        }
    }

    QueueMetrics(MeterRegistry registry, DatabaseClock clock) {
        this.clock = clock;
        this.depth =
                MultiGauge.builder("carillon.queue.depth")
                        .description("Executions in the queue that are not final")
                        .register(registry);
        this.oldest =
                MultiGauge.builder("carillon.queue.oldest.seconds")
                        .description("How long the oldest queued execution has been ready to run")
                        .register(registry);
    }

    void sampled(QueueSample sample) {
        var series = new TreeMap<QueueKey, Series>();
        new TreeMap<>(sample.held())
                .forEach(
                        (queue, held) -> {
                            var label =
                                    series.size() < MAX_SERIES || series.containsKey(queue)
                                            ? queue
                                            : OTHERS;
                            series.computeIfAbsent(label, name -> new Series()).add(held);
                        });
        var depths = new ArrayList<MultiGauge.Row<?>>();
        var ages = new ArrayList<MultiGauge.Row<?>>();
        series.forEach(
                (queue, sums) -> {
                    for (int state = 0; state < STATES.size(); state++) {
                        depths.add(
                                MultiGauge.Row.of(
                                        tags(queue).and("state", STATES.get(state)),
                                        sums.counts[state]));
                    }
                    ages.add(MultiGauge.Row.of(tags(queue), () -> ageSeconds(sums.oldestAt)));
                });
        depth.register(depths, true);
        oldest.register(ages, true);
    }

    private static Tags tags(QueueKey queue) {
        return Tags.of("queue", queue.name(), "queue_namespace", queue.namespace());
    }

    private double ageSeconds(Instant since) {
        return since.equals(Instant.MAX)
                ? 0
                : Math.max(0, Duration.between(since, clock.now()).toMillis() / 1000.0);
    }
}
