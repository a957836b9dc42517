package io.carillon.job.bulk;

import io.carillon.job.FieldChange;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Tells what became of an owner's jobs; of a dry run, what would. */
@Schema(name = "ApplyResult")
@RegisterForReflection
record ApplyResult(
        @Schema(examples = "true") boolean dryRun,
        @Schema(examples = "default") String namespace,
        @Schema(examples = "billing") String owner,
        @Schema(description = "In the order of the request") List<Created> created,
        @Schema(description = "In the order of the request") List<Changed> changed,
        @Schema(description = "Those the owner no longer names, by name; only with prune=true")
                List<Named> deleted,
        @Schema(
                        description =
                                "Those the owner no longer names and that stay, by name: prune=true deletes them")
                List<Named> left,
        @Schema(description = "How many are as they were", examples = "40") int unchanged) {

    @Schema(name = "AppliedJob")
    @RegisterForReflection
    record Named(
            @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
            @Schema(examples = "weekly-report") String name) {}

    @Schema(name = "CreatedJob")
    @RegisterForReflection
    record Created(
            @Schema(description = "Absent in a dry run") @Nullable UUID id,
            @Schema(examples = "weekly-report") String name,
            @Schema(examples = "at 09:00 on Monday, Europe/Paris time") String schedule,
            @Schema(description = "The next planned instants, at most three") List<Instant> next) {}

    @Schema(name = "ChangedJob")
    @RegisterForReflection
    record Changed(
            UUID id,
            @Schema(examples = "weekly-report") String name,
            @Schema(description = "The fields that differ") Map<String, FieldChange> changes,
            @Schema(
                            description =
                                    "The next planned instants before, at most three; absent where they are the same")
                    @Nullable List<Instant> nextBefore,
            @Schema(description = "The next planned instants after")
                    @Nullable List<Instant> next) {}
}
