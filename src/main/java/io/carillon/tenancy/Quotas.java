package io.carillon.tenancy;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Limits what a namespace may have; an absent quota is none. */
@Schema(name = "NamespaceRequest")
record Quotas(
        @Min(0)
                @Max(100_000_000)
                @Schema(description = "Jobs that are not deleted", examples = "1000")
                @Nullable Integer jobs,
        @Min(1)
                @Max(100_000_000)
                @Schema(
                        description =
                                "Executions that are submitted in a minute by PostgreSQL's clock",
                        examples = "600")
                @Nullable Integer submissionsPerMinute,
        @DurationMin(millis = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        description = "No schedule has planned instants closer to each other",
                        examples = "1m")
                @Nullable Duration minInterval) {

    static final Quotas NONE = new Quotas(null, null, null);
}
