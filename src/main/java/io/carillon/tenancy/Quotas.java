package io.carillon.tenancy;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Limits what a namespace may have; an absent quota means no limit. */
@Schema(name = "NamespaceRequest")
@RegisterForReflection
public record Quotas(
        @Min(0)
                @Max(100_000_000)
                @Schema(description = "The most jobs, without deleted ones", examples = "1000")
                @Nullable Integer jobs,
        @Min(1)
                @Max(100_000_000)
                @Schema(
                        description =
                                "The most executions submitted per minute, by PostgreSQL's clock",
                        examples = "600")
                @Nullable Integer submissionsPerMinute,
        @Min(1)
                @Max(1_000_000)
                @Schema(
                        description =
                                "The most executions that run at the same time, over all queues and workers",
                        examples = "50")
                @Nullable Integer concurrentExecutions,
        @Min(256)
                @Max(65_536)
                @Schema(
                        description =
                                "The most bytes kept of the result of an execution, as JSON; more is cut",
                        examples = "4096")
                @Nullable Integer resultBytes,
        @DurationMin(millis = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        description = "The shortest time between planned instants of a schedule",
                        examples = "1m")
                @Nullable Duration minInterval) {

    static final Quotas NONE = new Quotas(null, null, null, null, null);
}
