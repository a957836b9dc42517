package io.carillon.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows the last count of a queue. */
@Schema(name = "QueueStatistics")
@RegisterForReflection
public record QueueStatistics(
        @Schema(
                        description =
                                "Executions that are BLOCKED, SCHEDULED, QUEUED, RUNNING, AWAITING or RETRYING, by state",
                        examples = "{\"QUEUED\": 12, \"RUNNING\": 3}")
                Map<String, Long> byState,
        @Schema(
                        type = SchemaType.STRING,
                        description =
                                "How long the oldest QUEUED one has been ready to run; absent if there is none",
                        examples = "PT1.2S")
                @Nullable Duration oldestAge,
        @Schema(
                        description =
                                "Executions that came in per second, over about the last minute, without those"
                                        + " that were cancelled; absent until there are two counts",
                        examples = "8.5")
                @Nullable Double inPerSecond,
        @Schema(
                        description = "Executions that ended per second, over the same time",
                        examples = "8.3")
                @Nullable Double outPerSecond,
        @Schema(description = "When it was counted") Instant sampledAt,
        @Schema(
                        type = SchemaType.STRING,
                        description = "How long ago that was",
                        examples = "PT2.1S")
                Duration sampleAge) {

    /** Returns how many executions it holds in a state. */
    public long held(String state) {
        return byState.getOrDefault(state, 0L);
    }
}
