package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.JobDefinition;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.firing.CatchUpPreview;
import io.carillon.problem.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The smaller bodies of the job endpoints. */
public final class JobRequests {
    private JobRequests() {}

    @Schema(name = "Pause")
    @RegisterForReflection
    record Pause(
            @Size(max = 1000) @Schema(description = "Why it was paused, for people")
                    @Nullable String note) {}

    @Schema(name = "Resume")
    @RegisterForReflection
    record Resume(
            @Schema(
                            description =
                                    "Which of the instants missed while paused to execute; absent: none")
                    @Nullable MisfirePolicy catchUp) {}

    /** Names, for the OpenAPI document, what resuming answers. */
    @Schema(
            name = "ResumeResult",
            oneOf = {JobView.class, ResumePreview.class},
            description = "The changed job; of a dry run, what would be executed and skipped",
            examples =
                    "{\"sentence\": \"212 executed, 40 skipped\", \"executed\": 212, \"skipped\": 40, \"skippedByReason\": {\"CATCH_UP_WINDOW\": 40}}")
    interface ResumeResult {}

    /** Shows what resuming would do. */
    @Schema(name = "ResumePreview")
    @RegisterForReflection
    record ResumePreview(
            @Schema(examples = "212 executed, 40 skipped") String sentence,
            @Schema(examples = "212") long executed,
            @Schema(examples = "40") long skipped,
            @Schema(
                            description = "How many are skipped, by reason",
                            examples = "{\"CATCH_UP_WINDOW\": 40}")
                    Map<String, Long> skippedByReason,
            @Nullable Instant firstExecuted,
            @Nullable Instant lastExecuted,
            @Schema(description = "When the job would fire next; absent: never again")
                    @Nullable Instant nextFireAt) {
        static ResumePreview of(CatchUpPreview preview) {
            return new ResumePreview(
                    "%,d executed, %,d skipped"
                            .formatted(preview.executed(), preview.skippedInAll()),
                    preview.executed(),
                    preview.skippedInAll(),
                    preview.skipped(),
                    preview.firstExecuted(),
                    preview.lastExecuted(),
                    preview.next());
        }
    }

    @Schema(name = "Backfill")
    @RegisterForReflection
    public record Backfill(
            @NotNull @Schema(description = "Inclusive") Instant from,
            @NotNull @Schema(description = "Exclusive; not later than now") Instant to) {}

    /** Shows what a backfill did, or would do. */
    @Schema(name = "BackfillResult")
    @RegisterForReflection
    public record BackfillResult(
            boolean dryRun,
            @Schema(description = "Planned instants of the range", examples = "744") long planned,
            @Schema(description = "How many of these are queued now", examples = "40") long queued,
            @Schema(
                            description =
                                    "How many are left out because they already have an execution",
                            examples = "704")
                    long alreadyExecuted,
            @Schema(
                            description =
                                    "How many are left out because the trigger has not reached them yet: the"
                                            + " job is paused, or they are about to fire",
                            examples = "0")
                    long pending,
            @Schema(description = "The first instant that is queued") @Nullable Instant first,
            @Schema(description = "The last instant that is queued") @Nullable Instant last) {}

    @Schema(name = "ManualRun")
    @RegisterForReflection
    public record ManualRun(
            @Schema(
                            type = SchemaType.OBJECT,
                            examples = "{\"body\": {\"month\": \"2026-10\"}}",
                            description = "Merged over the job's config for this run (RFC 7396)")
                    @Nullable ObjectNode config,
            @Schema(
                            examples = "2026-10-01T08:00:00Z",
                            description =
                                    "The instant the run stands for, now or in the past; absent for now")
                    @Nullable Instant scheduledAt,
            @Schema(
                            examples = "QUEUE_ALL",
                            description = "Instead of the job's policy, for this run")
                    @Nullable Overlap overlap) {
        public static final ManualRun PLAIN = new ManualRun(null, null, null);
    }

    @Schema(name = "JobBatch")
    @RegisterForReflection
    record Batch(
            @NotEmpty
                    @Size(max = 10_000)
                    @Schema(
                            type = SchemaType.ARRAY,
                            implementation = JobDefinition.class,
                            description = "Up to 10,000")
                    List<JsonNode> jobs) {}

    @Schema(name = "JobBatchResult")
    @RegisterForReflection
    record BatchResult(
            @Schema(examples = "2") int created,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the request") List<BatchItem> items) {}

    /** The outcome of one job of a batch. */
    @Schema(name = "JobBatchItem")
    @RegisterForReflection
    record BatchItem(
            @Schema(examples = "201") int status,
            @Nullable UUID id,
            @Nullable Instant nextFireAt,
            io.carillon.problem.@Nullable Problem problem) {
        static BatchItem created(JobCreation.Draft draft) {
            return new BatchItem(
                    201,
                    draft.job().id(),
                    draft.trigger() == null || draft.trigger().isPaused()
                            ? null
                            : draft.trigger().nextFireAt(),
                    null);
        }

        static BatchItem failed(ProblemException problem) {
            return new BatchItem(problem.kind().status(), null, null, problem.toProblem(null));
        }
    }
}
