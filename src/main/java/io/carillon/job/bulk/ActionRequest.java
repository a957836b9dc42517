package io.carillon.job.bulk;

import io.carillon.definition.MisfirePolicy;
import io.carillon.job.JobQuery;
import io.carillon.problem.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Requests one action for all jobs that pass a filter. */
@Schema(name = "JobAction")
@RegisterForReflection
record ActionRequest(
        @NotNull @Schema(examples = "PAUSE", description = "What to do with each job")
                Action action,
        @NotNull @Valid @Schema(description = "Which jobs") Filter filter,
        @Size(max = 1000)
                @Schema(
                        examples = "Maintenance of the database until 14:00",
                        description = "Only for PAUSE: why, for people")
                @Nullable String note,
        @Schema(
                        description =
                                "Only for RESUME: which of the instants missed while paused to execute; absent: none")
                @Nullable MisfirePolicy catchUp) {

    /** Tells what is done with each job. */
    @Schema(name = "JobActionKind")
    enum Action {
        PAUSE,
        RESUME,
        /** Run it now, whatever its schedule says. */
        TRIGGER,
        DELETE
    }

    /** Finds jobs that pass every condition given; at least one must be. */
    @Schema(name = "JobActionFilter")
    @RegisterForReflection
    record Filter(
            @Schema(
                            examples = "default",
                            description = "Default: all in which the caller may do this")
                    @Nullable String namespace,
            @Schema(examples = "http", description = "The job type") @Nullable String type,
            @Schema(description = "true: not paused") @Nullable Boolean enabled,
            @Schema(
                            examples = "report",
                            description = "Part of the name or description; case is ignored")
                    @Nullable String q,
            @Size(max = 64)
                    @Schema(
                            examples = "{\"team\": \"sales\"}",
                            description = "Labels that a job must have, all of them")
                    @Nullable Map<@NotBlank String, @NotNull String> labels,
            @Size(max = 63)
                    @Schema(
                            examples = "shop.example.com",
                            description = "The host that its config's url names")
                    @Nullable String host) {
        /** Returns all conditions but the labels. */
        JobQuery conditions() {
            return new JobQuery(
                    namespace,
                    type,
                    enabled == null ? null : enabled.toString(),
                    null,
                    null,
                    q,
                    host,
                    null,
                    null);
        }

        boolean hasNoCondition() {
            return namespace == null
                    && type == null
                    && enabled == null
                    && (q == null || q.isEmpty())
                    && (labels == null || labels.isEmpty())
                    && host == null;
        }
    }

    @Schema(name = "JobActionResult")
    @RegisterForReflection
    record Result(
            @Schema(examples = "true") boolean dryRun,
            @Schema(examples = "PAUSE") Action action,
            @Schema(description = "How many jobs the filter finds", examples = "12") int matched,
            @Schema(description = "How many it was done for", examples = "12") int done,
            @Schema(examples = "0") int failed,
            @Schema(description = "By namespace and name") List<Item> jobs) {}

    /** Tells how the action ended for one job. */
    @Schema(name = "JobActionItem")
    @RegisterForReflection
    record Item(
            @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
            @Schema(examples = "default") String namespace,
            @Schema(examples = "weekly-report") String name,
            @Schema(description = "Only for TRIGGER: the execution") @Nullable UUID executionId,
            @Nullable Problem problem) {}
}
