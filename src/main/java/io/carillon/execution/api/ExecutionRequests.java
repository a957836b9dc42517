package io.carillon.execution.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.problem.Problem;
import io.carillon.security.Scope;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The smaller bodies of the execution endpoints. */
final class ExecutionRequests {
    private ExecutionRequests() {}

    @Schema(name = "SubmissionBatch")
    @RegisterForReflection
    record Batch(
            @NotEmpty
                    @Size(max = 10_000)
                    @Schema(
                            type = SchemaType.ARRAY,
                            implementation = SubmissionRequest.class,
                            description = "Up to 10,000, in any order")
                    List<JsonNode> executions) {}

    @Schema(name = "SubmissionBatchResult")
    @RegisterForReflection
    record BatchResult(
            @Schema(examples = "2") int accepted,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the request") List<BatchItem> items) {}

    /** The outcome of one submission of a batch. */
    @Schema(name = "SubmissionBatchItem")
    @RegisterForReflection
    record BatchItem(
            @Schema(examples = "202") int status, @Nullable UUID id, @Nullable Problem problem) {}

    @Schema(name = "ExecutionChange")
    @RegisterForReflection
    record Change(
            @Min(0)
                    @Max(9)
                    @Schema(examples = "9", description = "Each level is a head start in the queue")
                    @Nullable Integer priority,
            @Schema(
                            examples = "2026-12-01T09:00:00Z",
                            description = "For a submission: the earliest start")
                    @Nullable Instant runAt) {
        @AssertTrue(message = "expected priority, runAt or both")
        @com.fasterxml.jackson.annotation.JsonIgnore
        boolean isChange() {
            return priority != null || runAt != null;
        }
    }

    @Schema(name = "Replay")
    @RegisterForReflection
    record Replay(
            @NotNull @Valid @Schema(description = "Selects dead letters") ReplayFilter filter) {}

    /** Selects dead letters; absent fields do not restrict. */
    @Schema(name = "ReplayFilter")
    @RegisterForReflection
    record ReplayFilter(
            @Schema(description = "Executions of this job") @Nullable UUID jobId,
            @Schema(
                            examples = "true",
                            description =
                                    "true: only submissions, which belong to no job; false: only executions of jobs")
                    @Nullable Boolean submitted,
            @Size(max = 63)
                    @Schema(examples = "default", description = "Executions in this namespace")
                    @Nullable String namespace,
            @Size(max = 63) @Schema(examples = "http", description = "Executions of this type")
                    @Nullable String type,
            @Size(max = 63) @Schema(examples = "default", description = "Executions in this queue")
                    @Nullable String queue,
            @Size(max = 100)
                    @Schema(
                            examples = "HTTP_STATUS",
                            description = "Executions whose last error has this code")
                    @Nullable String errorCode,
            @Schema(examples = "2026-11-24T00:00:00Z", description = "Failed at or after")
                    @Nullable Instant from,
            @Schema(examples = "2026-11-25T00:00:00Z", description = "Failed before")
                    @Nullable Instant to) {

        /** Restricts it to the namespaces that a caller may change. */
        FailedExecutions.Filter within(Scope scope) {
            return new FailedExecutions.Filter(
                    jobId,
                    submitted,
                    scope.listed(namespace).orElse(null),
                    type,
                    queue,
                    errorCode,
                    from,
                    to);
        }
    }

    @Schema(name = "ReplayResult")
    @RegisterForReflection
    record ReplayResult(
            @Schema(examples = "12") int replayed,
            @Schema(description = "Call again for the rest", examples = "false") boolean more) {}

    @Schema(name = "Dismissal")
    @RegisterForReflection
    record Dismissal(
            @NotNull @Valid @Schema(description = "Selects dead letters") ReplayFilter filter) {}

    @Schema(name = "DismissalResult")
    @RegisterForReflection
    record DismissalResult(
            @Schema(examples = "true", description = "Whether nothing was changed") boolean dryRun,
            @Schema(examples = "12") int dismissed,
            @Schema(description = "Call again for the rest", examples = "false") boolean more,
            @Schema(
                            examples = "2026-11-25T08:30:00Z",
                            description = "What reopens these and no others; of a dry run none")
                    @Nullable Instant dismissedAt) {}

    @Schema(name = "Reopening")
    @RegisterForReflection
    record Reopening(
            @NotNull @Valid @Schema(description = "Selects dead letters") ReplayFilter filter,
            @Schema(
                            examples = "2026-11-25T08:30:00Z",
                            description = "Only those that one call dismissed, by its answer")
                    @Nullable Instant dismissedAt) {}

    @Schema(name = "ReopeningResult")
    @RegisterForReflection
    record ReopeningResult(
            @Schema(examples = "12") int reopened,
            @Schema(description = "Call again for the rest", examples = "false") boolean more) {}
}
