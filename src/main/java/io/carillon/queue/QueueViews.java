package io.carillon.queue;

import io.carillon.database.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Builds what clients see of queues from their rows and the last count. */
@ApplicationScoped
public class QueueViews {
    private final QueueStore store;
    private final QueueSampler sampler;
    private final DatabaseClock clock;

    QueueViews(QueueStore store, QueueSampler sampler, DatabaseClock clock) {
        this.store = store;
        this.sampler = sampler;
        this.clock = clock;
    }

    /** Returns all queues, by name. */
    public List<QueueView> all() {
        return store.all().stream().map(this::of).toList();
    }

    QueueView of(Queue queue) {
        var statistics = sampler.latest().map(sample -> sample.of(queue.name(), clock.now()));
        return QueueView.of(queue, statistics.orElse(null));
    }
}
