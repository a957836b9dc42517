package io.carillon.queue;

import io.carillon.database.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds what clients see of queues from their rows and the last count. */
@ApplicationScoped
public class QueueViews {
    private final QueueStore store;
    private final QueueWatch sampler;
    private final DatabaseClock clock;

    QueueViews(QueueStore store, QueueWatch sampler, DatabaseClock clock) {
        this.store = store;
        this.sampler = sampler;
        this.clock = clock;
    }

    /**
     * Returns the queues of some namespaces, by namespace and name.
     *
     * @param namespaces null: of all
     */
    public List<QueueView> all(@Nullable Collection<String> namespaces) {
        return store.all(namespaces).stream().map(this::of).toList();
    }

    QueueView of(Queue queue) {
        var statistics = sampler.latest().map(sample -> sample.of(queue.key(), clock.now()));
        return QueueView.of(queue, statistics.orElse(null));
    }
}
