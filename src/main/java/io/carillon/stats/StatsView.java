package io.carillon.stats;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Sums up how it goes, over all replicas and namespaces. */
@Schema(name = "Statistics")
@RegisterForReflection
public record StatsView(
        @Schema(description = "PostgreSQL's time") Instant at,
        Jobs jobs,
        Workers workers,
        @Schema(
                        description =
                                "Executions that are not final, by state, as of the last count of the queues",
                        examples = "{\"QUEUED\": 12, \"RUNNING\": 3}")
                Map<String, Long> active,
        Window lastHour,
        Window lastDay,
        @Schema(description = "The last 60 minutes, oldest first; the last one is not over")
                List<Minute> minutes) {

    /** How many jobs there are. */
    @Schema(name = "JobCount")
    @RegisterForReflection
    public record Jobs(
            @Schema(examples = "250") long total,
            @Schema(description = "false: there are about as many, or more") boolean exact) {}

    /** Live workers. */
    @Schema(name = "WorkerCount")
    @RegisterForReflection
    public record Workers(
            @Schema(examples = "3") int live,
            @Schema(description = "Slots", examples = "300") long capacity,
            @Schema(description = "Executions that they run", examples = "17") long running) {}

    /** Sums of a stretch of time. */
    @Schema(name = "StatisticsWindow")
    @RegisterForReflection
    public record Window(
            @Schema(description = "Planned instants that became executions", examples = "3600")
                    long fired,
            @Schema(description = "Planned instants that were skipped", examples = "2")
                    long skipped,
            @Schema(description = "Attempts that succeeded", examples = "3590") long succeeded,
            @Schema(
                            description = "Attempts after which their execution failed for good",
                            examples = "4")
                    long failed,
            @Schema(
                            description = "Attempts that failed and are followed by another",
                            examples = "6")
                    long retried,
            @Schema(
                            description =
                                    "SUCCEEDED divided by SUCCEEDED and FAILED; absent if there are neither",
                            examples = "0.999")
                    @Nullable Double successRate,
            @Nullable Delays startDelay,
            @Schema(description = "By job type; types without an end are absent")
                    Map<String, Ended> byType) {}

    /**
     * The time from when an execution is ready to run to its claim. Each is the upper bound of a
     * bucket, so it is at most a third too long; what is longer than half a minute counts as that.
     */
    @Schema(name = "StartDelay")
    @RegisterForReflection
    public record Delays(
            @Schema(type = SchemaType.STRING, examples = "PT0.004S") Duration p50,
            @Schema(type = SchemaType.STRING, examples = "PT0.009S") Duration p95,
            @Schema(type = SchemaType.STRING, examples = "PT0.02S") Duration p99) {}

    /** How attempts of a type ended. */
    @Schema(name = "EndedByType")
    @RegisterForReflection
    public record Ended(
            @Schema(examples = "120") long succeeded, @Schema(examples = "1") long failed) {}

    /** Sums up a minute. */
    @Schema(name = "StatisticsMinute")
    @RegisterForReflection
    public record Minute(
            Instant at,
            @Schema(examples = "60") long fired,
            @Schema(examples = "59") long succeeded,
            @Schema(examples = "1") long failed,
            @Schema(
                            type = SchemaType.STRING,
                            description = "Of 95 of 100 starts; absent if nothing started",
                            examples = "PT0.009S")
                    @Nullable Duration startDelayP95) {}
}
