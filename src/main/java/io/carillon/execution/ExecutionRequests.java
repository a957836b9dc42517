package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.problem.Problem;
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

    @Schema(
            name = "SubmissionBatch",
            examples =
                    """
                    {"executions": [{"type": "noop", "ref": "extract"},
                                    {"type": "noop", "dependsOn": ["extract"]}]}
                    """)
    record Batch(
            @NotEmpty
                    @Size(max = 10_000)
                    @Schema(type = SchemaType.ARRAY, implementation = SubmissionRequest[].class)
                    List<JsonNode> executions) {}

    @Schema(name = "SubmissionBatchResult")
    record BatchResult(
            @Schema(examples = "2") int accepted,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the request") List<BatchItem> items) {}

    /** What became of one submission of a batch. */
    @Schema(name = "SubmissionBatchItem")
    record BatchItem(
            @Schema(examples = "202") int status, @Nullable UUID id, @Nullable Problem problem) {}

    @Schema(name = "ExecutionChange", examples = "{\"priority\": 9}")
    record Change(
            @Min(0) @Max(9) @Schema(examples = "9") @Nullable Integer priority,
            @Schema(description = "Of a submission: not before") @Nullable Instant runAt) {
        @AssertTrue(message = "expected priority, runAt or both")
        @com.fasterxml.jackson.annotation.JsonIgnore
        boolean isChange() {
            return priority != null || runAt != null;
        }
    }

    @Schema(
            name = "Replay",
            examples = "{\"filter\": {\"queue\": \"default\", \"errorCode\": \"HTTP_STATUS\"}}")
    record Replay(@NotNull @Valid ReplayFilter filter) {}

    /** Which dead letters; absent fields do not restrict. */
    @Schema(name = "ReplayFilter")
    record ReplayFilter(
            @Nullable UUID jobId,
            @Size(max = 63) @Nullable String namespace,
            @Size(max = 63) @Nullable String type,
            @Size(max = 63) @Nullable String queue,
            @Size(max = 63) @Schema(examples = "HTTP_STATUS") @Nullable String errorCode,
            @Schema(description = "Failed at or after") @Nullable Instant from,
            @Schema(description = "Failed before") @Nullable Instant to) {}

    @Schema(name = "ReplayResult")
    record ReplayResult(
            @Schema(examples = "12") int replayed,
            @Schema(description = "Call again for the rest", examples = "false") boolean more) {}
}
