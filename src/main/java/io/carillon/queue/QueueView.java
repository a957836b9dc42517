package io.carillon.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a queue to clients. */
@Schema(name = "Queue")
@RegisterForReflection
public record QueueView(
        @Schema(examples = "default") String namespace,
        @Schema(examples = "default") String name,
        @Schema(description = "Absent: no limit", examples = "10") @Nullable Integer maxConcurrent,
        @Schema(description = "Absent: no limit", examples = "2.5") @Nullable Double ratePerSecond,
        @Schema(description = "Absent: no limit", examples = "100000") @Nullable Integer maxDepth,
        @Schema(description = "Whether it is paused: none of its executions are started")
                boolean paused,
        @Schema(description = "Note given when it was paused") @Nullable String pauseNote,
        @Schema(description = "Grows with every change; used as the ETag", examples = "0")
                long version,
        Instant createdAt,
        Instant updatedAt,
        @Schema(description = "Absent until the queues have been counted once")
                @Nullable QueueStatistics statistics) {

    static QueueView of(Queue queue, @Nullable QueueStatistics statistics) {
        return new QueueView(
                queue.key().namespace(),
                queue.key().name(),
                queue.limits().maxConcurrent(),
                queue.limits().ratePerSecond(),
                queue.limits().maxDepth(),
                queue.isPaused(),
                queue.pauseNote(),
                queue.version(),
                queue.createdAt(),
                queue.updatedAt(),
                statistics);
    }
}
