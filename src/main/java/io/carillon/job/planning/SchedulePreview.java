package io.carillon.job.planning;

import io.carillon.definition.Schedulable;
import io.carillon.schedule.ScheduleSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Asks about a schedule that no job has yet. */
@Schema(name = "SchedulePreview")
@RegisterForReflection
record SchedulePreview(
        @NotNull
                @Schedulable
                @Schema(
                        ref = "ScheduleOrCron",
                        description = "A cron expression or an object",
                        examples = "{\"cron\": \"30 2 * * *\", \"timeZone\": \"Europe/Paris\"}")
                ScheduleSpec schedule,
        @Schema(description = "Inclusive; default: now, exclusive") @Nullable Instant from,
        @Min(1) @Max(1000) @Schema(examples = "10", description = "Default 10")
                @Nullable Integer count,
        @Size(max = 63)
                @Schema(
                        examples = "default",
                        description = "The namespace whose calendars are used")
                @Nullable String namespace) {}
