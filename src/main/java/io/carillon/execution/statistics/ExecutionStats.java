package io.carillon.execution.statistics;

import io.carillon.execution.ExecutionState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Summarises a job's history and the durations of its attempts. */
@Schema(name = "ExecutionStats")
@RegisterForReflection
public record ExecutionStats(
        @Schema(
                        description = "Planned instants and runs, each skipped instant counted",
                        examples = "42")
                long total,
        @Schema(description = "Counts by state", examples = "{\"SUCCEEDED\": 41, \"FAILED\": 1}")
                Map<ExecutionState, Long> byState,
        @Schema(
                        description =
                                "SUCCEEDED divided by SUCCEEDED and FAILED; absent if there are neither",
                        examples = "0.976")
                @Nullable Double successRate,
        @Nullable Durations duration) {

    /** The time from an attempt's start to its stored outcome. */
    @Schema(name = "Durations")
    @RegisterForReflection
    public record Durations(
            @Schema(type = SchemaType.STRING, examples = "PT0.12S") Duration avg,
            @Schema(type = SchemaType.STRING, examples = "PT0.1S") Duration p50,
            @Schema(type = SchemaType.STRING, examples = "PT0.3S") Duration p95,
            @Schema(type = SchemaType.STRING, examples = "PT0.9S") Duration p99) {}

    static ExecutionStats of(Map<ExecutionState, Long> counts, @Nullable Durations durations) {
        long succeeded = counts.getOrDefault(ExecutionState.SUCCEEDED, 0L);
        long failed = counts.getOrDefault(ExecutionState.FAILED, 0L);
        return new ExecutionStats(
                counts.values().stream().mapToLong(Long::longValue).sum(),
                counts,
                succeeded + failed == 0 ? null : (double) succeeded / (succeeded + failed),
                durations);
    }
}
