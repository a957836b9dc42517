package io.carillon.job.planning;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Counts the planned instants of all jobs. */
@Schema(name = "Forecast")
@RegisterForReflection
public record Forecast(
        @Schema(description = "Inclusive") Instant from,
        @Schema(description = "Exclusive") Instant to,
        @Schema(description = "Active jobs that were counted", examples = "250") long jobs,
        @Schema(description = "All planned instants of these jobs", examples = "1500") long planned,
        @Schema(
                        description =
                                "true: the counts are incomplete, because counting reached its time limit")
                boolean cut,
        List<Minute> minutes) {

    /** The planned instants of one minute. */
    @Schema(name = "ForecastMinute")
    @RegisterForReflection
    public record Minute(Instant at, @Schema(examples = "25") long planned) {}
}
