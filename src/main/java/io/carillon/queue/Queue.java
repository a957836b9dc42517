package io.carillon.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code queue}. */
record Queue(
        QueueKey key,
        Limits limits,
        boolean isPaused,
        @Nullable String pauseNote,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /** The limits of a queue over the whole cluster; null: no limit. */
    @RegisterForReflection
    record Limits(
            @Nullable Integer maxConcurrent,
            @Nullable Double ratePerSecond,
            @Nullable Integer maxDepth) {}
}
