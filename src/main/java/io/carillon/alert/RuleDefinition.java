package io.carillon.alert;

import io.carillon.problem.Names;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * Defines a rule as clients write it: {@code name}, and one of {@code webhook}, {@code mail} and
 * {@code runJobId}.
 */
@Schema(name = "RuleDefinition")
@RegisterForReflection
record RuleDefinition(
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "default",
                        description = "The namespace of its jobs; default: default")
                @Nullable String namespace,
        @NotBlank
                @Size(max = 255)
                @Schema(examples = "reports-fail", description = "Unique in its namespace")
                @Nullable String name,
        @Schema(examples = "true", description = "Whether it sends messages; default true")
                @Nullable Boolean enabled,
        @Schema(description = "The one job that it watches; absent: all of the namespace")
                @Nullable UUID jobId,
        @Size(max = 64)
                @Schema(
                        examples = "{\"team\": \"sales\"}",
                        description = "Watches the jobs that have all of these labels")
                @Nullable Map<@NotBlank @Size(max = 63) String, @NotNull @Size(max = 255) String>
                        labels,
        @Min(0)
                @Max(1000)
                @Schema(
                        examples = "3",
                        description =
                                "Reports a job once it has failed this many times in a row; 0: failures are not"
                                        + " reported, the default of a rule with one of the next eight;"
                                        + " else 1")
                @Nullable Integer failuresInARow,
        @Schema(
                        examples = "false",
                        description =
                                "Reports each further failure too, not only the first; default false")
                @Nullable Boolean everyFailure,
        @DurationMin(minutes = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "26h",
                        description =
                                "Reports a job of which no execution planned within this time has succeeded")
                @Nullable Duration noSuccessFor,
        @DurationMin(seconds = 5)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "5m",
                        description =
                                "Reports a job that has not started this long after it was planned to")
                @Nullable Duration lateBy,
        @DurationMin(seconds = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "1h",
                        description = "Reports an attempt that takes longer than this")
                @Nullable Duration runsLongerThan,
        @DurationMin(seconds = 5)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "6h",
                        description =
                                "Reports an execution that has not ended this long after it was planned to start")
                @Nullable Duration unfinishedAfter,
        @Schema(
                        examples = "false",
                        description =
                                "Reports an instant that was not executed, for any reason but a pause; default false")
                @Nullable Boolean skipped,
        @Schema(
                        examples = "false",
                        description =
                                "Reports a job whose schedule has no next instant although it has no end of its own;"
                                        + " default false")
                @Nullable Boolean notPlanned,
        @Valid @Schema(description = "Reports queues that are behind")
                @Nullable QueueCondition queue,
        @Schema(
                        examples = "REMOTE",
                        description =
                                "Reports workers that were declared dead: REMOTE those of the namespace, ALL replicas and"
                                        + " those of all namespaces too")
                @Nullable LostWorkers lostWorkers,
        @Schema(
                        examples = "true",
                        description = "Reports when what was reported is well again; default true")
                @Nullable Boolean recovered,
        @Schema(
                        examples = "2026-12-01T09:00:00Z",
                        description =
                                "Until then nothing is reported, and nothing is made up for later")
                @Nullable Instant mutedUntil,
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "nights",
                        description =
                                "The calendar of the namespace during which news waits; told together afterwards")
                @Nullable String quietDuring,
        @Min(1)
                @Max(1440)
                @Schema(
                        examples = "10",
                        description =
                                "The most messages within 24 hours; what happens after the last is told in the next one")
                @Nullable Integer maxPerDay,
        @Valid @Schema(description = "Where messages go; or mail, or runJobId")
                @Nullable Webhook webhook,
        @Valid @Schema(description = "Whom messages are mailed to; or webhook, or runJobId")
                @Nullable Mail mail,
        @Schema(
                        examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a",
                        description =
                                "The job of the namespace that is run in place of a message; or webhook, or mail")
                @Nullable UUID runJobId) {

    boolean isEnabled() {
        return enabled == null || enabled;
    }

    int failures() {
        return failuresInARow == null ? (asksForMore() ? 0 : 1) : failuresInARow;
    }

    /** Whether it asks for something to be reported. */
    boolean tellsAnything() {
        return failures() > 0 || asksForMore();
    }

    private boolean asksForMore() {
        return tellsSkipped()
                || tellsNotPlanned()
                || Stream.of(
                                noSuccessFor,
                                lateBy,
                                runsLongerThan,
                                unfinishedAfter,
                                queue,
                                lostWorkers)
                        .anyMatch(Objects::nonNull);
    }

    boolean tellsSkipped() {
        return skipped != null && skipped;
    }

    boolean tellsNotPlanned() {
        return notPlanned != null && notPlanned;
    }

    boolean tellsEach() {
        return everyFailure != null && everyFailure;
    }

    boolean tellsRecovered() {
        return recovered == null || recovered;
    }

    String title() {
        return Objects.requireNonNull(name, "a name was not validated");
    }

    /** Returns this with the stored headers in place of masked ones. */
    RuleDefinition keeping(@Nullable Webhook stored) {
        return webhook == null
                ? this
                : new RuleDefinition(
                        namespace,
                        name,
                        enabled,
                        jobId,
                        labels,
                        failuresInARow,
                        everyFailure,
                        noSuccessFor,
                        lateBy,
                        runsLongerThan,
                        unfinishedAfter,
                        skipped,
                        notPlanned,
                        queue,
                        lostWorkers,
                        recovered,
                        mutedUntil,
                        quietDuring,
                        maxPerDay,
                        webhook.keeping(stored),
                        mail,
                        runJobId);
    }
}
