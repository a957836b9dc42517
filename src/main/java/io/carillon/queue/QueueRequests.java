package io.carillon.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies of the queue endpoints. */
final class QueueRequests {
    private QueueRequests() {}

    @Schema(name = "QueueRequest")
    @RegisterForReflection
    record Declaration(
            @Min(1)
                    @Max(1_000_000)
                    @Schema(
                            description = "The most executions that run at the same time",
                            examples = "10")
                    @Nullable Integer maxConcurrent,
            @DecimalMin("0.001")
                    @DecimalMax("1000000")
                    @Schema(description = "The most starts per second", examples = "2.5")
                    @Nullable Double ratePerSecond,
            @Min(1)
                    @Max(1_000_000_000)
                    @Schema(
                            description =
                                    "The most waiting executions; beyond it submissions are refused",
                            examples = "100000")
                    @Nullable Integer maxDepth) {
        Queue.Limits limits() {
            return new Queue.Limits(maxConcurrent, ratePerSecond, maxDepth);
        }
    }

    @Schema(name = "QueuePause")
    @RegisterForReflection
    record Pause(
            @Size(max = 1000) @Schema(description = "Why it was paused, for people")
                    @Nullable String note) {}

    @Schema(name = "QueueList")
    @RegisterForReflection
    record Listing(@Schema(description = "By namespace and name") List<QueueView> items) {}
}
