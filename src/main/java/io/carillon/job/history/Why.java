package io.carillon.job.history;

import io.carillon.execution.ExecutionState;
import io.carillon.schedule.ScheduleSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Explains what happened, or will happen, to an instant, and why. Fields that do not apply are
 * absent.
 */
@Schema(name = "Why")
@RegisterForReflection
public record Why(
        @Schema(description = "The instant asked about") Instant at,
        Verdict verdict,
        @Schema(
                        examples =
                                "It fired 4 ms after it was planned; execution 0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a"
                                        + " succeeded.")
                String sentence,
        @Schema(description = "The planned instant explained: the nearest within a minute")
                @Nullable Instant plannedAt,
        @Nullable Run execution,
        @Schema(description = "Why it was skipped", examples = "PAUSED") @Nullable String reason,
        @Schema(description = "The row of the ledger that records it, if it was skipped")
                @Nullable SkippedRow skipped,
        @Nullable Pause pause,
        @Schema(
                        description =
                                "The execution that was active, if it was skipped because of an overlap")
                @Nullable UUID overlapped,
        @Schema(description = "The calendar that excludes it") @Nullable String calendar,
        @Schema(description = "The execution of a later backfill") @Nullable Run backfill,
        @Schema(description = "The job's version at that instant") @Nullable Definition definition,
        @Schema(description = "The planned instant before") @Nullable Instant previous,
        @Schema(description = "The planned instant after") @Nullable Instant next) {

    /** The answer in one word. */
    @Schema(name = "WhyVerdict")
    public enum Verdict {
        /** It became an execution. */
        FIRED,
        /** It was planned and deliberately not executed; the reason says why. */
        SKIPPED,
        /** It was not fired by the schedule; a backfill executed it. */
        BACKFILLED,
        /** It is in the future. */
        PLANNED,
        /** It is due and has not fired yet. */
        DUE,
        /** The job is paused: it does not fire unless the job is resumed. */
        PAUSED,
        /** A calendar excludes it. */
        EXCLUDED,
        /** The schedule has no such instant. */
        NOT_PLANNED,
        /** The job had no schedule: it ran on demand. */
        NO_SCHEDULE,
        /** The job did not exist yet. */
        BEFORE_CREATION,
        /** The job was deleted. */
        DELETED,
        /** The ledger does not know, or no longer knows. */
        UNKNOWN
    }

    /** Summarises an execution. */
    @Schema(name = "WhyExecution")
    @RegisterForReflection
    public record Run(
            UUID id,
            @Schema(examples = "SUCCEEDED") ExecutionState state,
            @Schema(examples = "1") int attempt,
            @Schema(
                            description = "From the planned instant to its firing",
                            type = SchemaType.STRING,
                            examples = "PT0.004S")
                    Duration firingDelay,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Schema(description = "The code of its failure", examples = "TIMEOUT")
                    @Nullable String code) {}

    /** A skipped row: this instant, or a range of them. */
    @Schema(name = "WhySkipped")
    @RegisterForReflection
    public record SkippedRow(
            UUID id,
            Instant from,
            Instant until,
            @Schema(examples = "1") long count,
            @Schema(description = "When it was decided to skip") Instant decidedAt) {}

    /** A pause. */
    @Schema(name = "WhyPause")
    @RegisterForReflection
    public record Pause(
            Instant since, @Schema(examples = "anonymous") String by, @Nullable String note) {}

    /** A version of the job. */
    @Schema(name = "WhyDefinition")
    @RegisterForReflection
    public record Definition(
            @Schema(examples = "3") long version,
            Instant since,
            @Schema(description = "Absent: it is in force") @Nullable Instant until,
            @Schema(examples = "anonymous") String by,
            @Nullable ScheduleSpec schedule,
            @Schema(examples = "at 09:00 on Monday, Europe/Paris time")
                    @Nullable String description) {}
}
