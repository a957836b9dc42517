package io.carillon.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.placeholder.Cause;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Holds the bodies of the protocol for remote workers. */
final class RemoteRequests {
    private RemoteRequests() {}

    @Schema(name = "NewWorker")
    @RegisterForReflection
    record NewWorker(
            @NotBlank @Size(max = 255) @Schema(description = "For people", examples = "resizer-1")
                    String name,
            @Size(max = 63)
                    @Schema(
                            description =
                                    "The namespace of its executions; absent: the only one of the key, or default",
                            examples = "default")
                    @Nullable String namespace,
            @NotNull
                    @Size(min = 1, max = 100)
                    @Schema(
                            description = "The tasks of custom jobs that it runs",
                            examples = "[\"resize-image\"]")
                    Set<@NotBlank @Size(max = 100) String> tasks,
            @Size(max = 100)
                    @Schema(
                            description = "The queues it claims from; absent or empty: all",
                            examples = "[\"default\"]")
                    @Nullable Set<@NotBlank @Size(max = 63) String> queues,
            @Min(1)
                    @Max(10_000)
                    @Schema(
                            description =
                                    "Slots; an execution takes as many as its weight, mostly 1",
                            defaultValue = "1",
                            examples = "4")
                    @Nullable Integer capacity,
            @Size(max = 63)
                    @Schema(
                            description = "The version of the worker, for people",
                            examples = "1.0.0")
                    @Nullable String version) {}

    @Schema(name = "RegisteredWorker")
    @RegisterForReflection
    record RegisteredWorker(
            @Schema(examples = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1c") UUID id,
            @Schema(examples = "default") String namespace,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How often it must call heartbeat",
                            examples = "PT1S")
                    Duration heartbeat,
            @Schema(
                            type = SchemaType.STRING,
                            description =
                                    "The time without a heartbeat after which its executions are taken back",
                            examples = "PT4S")
                    Duration lease) {}

    @Schema(name = "ClaimRequest")
    @RegisterForReflection
    record ClaimRequest(
            @Min(1)
                    @Max(1000)
                    @Schema(
                            description = "How many slots are free in the worker",
                            defaultValue = "1",
                            examples = "4")
                    @Nullable Integer slots,
            @DurationMin(millis = 0)
                    @DurationMax(seconds = 30)
                    @Schema(
                            type = SchemaType.STRING,
                            description = "How long to wait for something to run, up to 30s",
                            defaultValue = "PT0S",
                            examples = "30s")
                    @Nullable Duration waitFor) {}

    @Schema(name = "ClaimedExecutions")
    @RegisterForReflection
    record ClaimedExecutions(
            @Schema(
                            description =
                                    "The executions that the worker now holds; empty: there was nothing to run")
                    List<ClaimedExecution> executions) {}

    @Schema(name = "ClaimedExecution")
    @RegisterForReflection
    record ClaimedExecution(
            @Schema(examples = "0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01") UUID id,
            @Schema(description = "Every report about this execution must name it", examples = "1")
                    long epoch,
            @Schema(examples = "1") int attempt,
            @Schema(examples = "3") int maxAttempts,
            @Schema(examples = "resize-image") String task,
            @Schema(description = "The payload of the job or submission; absent: none")
                    @Nullable JsonNode payload,
            @Schema(
                            description =
                                    "The execution that this one follows, by after of its job, or the first that dependsOn names; absent: none")
                    @Nullable CauseView cause,
            @Schema(description = "Absent for a submission") @Nullable UUID jobId,
            @Schema(description = "Absent for a submission", examples = "thumbnails")
                    @Nullable String jobName,
            @Schema(examples = "default") String namespace,
            @Schema(examples = "default") String queue,
            @Schema(description = "Slots it takes", examples = "1") int weight,
            @Schema(description = "The planned instant, or when it was submitted")
                    Instant scheduledAt,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long the attempt may take",
                            examples = "PT30S")
                    Duration timeout,
            @Schema(description = "When the attempt reaches its timeout") Instant deadline,
            @Schema(
                            description =
                                    "Names the attempt's span, by W3C Trace Context: the parent of what the worker does",
                            examples = "00-0196f4a02d317c448b1f6a0d5b8e9f01-0000000000000001-01")
                    String traceparent) {}

    /** Shows a worker what its execution follows. */
    @Schema(name = "ClaimedCause")
    @RegisterForReflection
    record CauseView(
            @Schema(examples = "0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f00") UUID id,
            @Schema(description = "Absent for a submission") @Nullable UUID jobId,
            @Schema(description = "Absent for a submission", examples = "uploads")
                    @Nullable String jobName,
            @Schema(examples = "SUCCEEDED") String state,
            @Schema(description = "Why it failed; absent: it did not", examples = "HTTP_STATUS")
                    @Nullable String errorCode,
            @Schema(examples = "the target answered 500") @Nullable String errorMessage,
            @Schema(description = "Absent: none") @Nullable JsonNode result) {

        static @Nullable CauseView of(@Nullable Cause cause) {
            return cause == null || cause.executionId() == null || cause.state() == null
                    ? null
                    : new CauseView(
                            cause.executionId(),
                            cause.jobId(),
                            cause.jobName(),
                            cause.state(),
                            cause.errorCode(),
                            cause.errorMessage(),
                            cause.result());
        }
    }

    @Schema(name = "Heartbeat")
    @RegisterForReflection
    record Heartbeat(
            @NotNull
                    @Size(max = 10_000)
                    @Schema(
                            description =
                                    "All executions that the worker holds. An execution that it holds but does not name for some"
                                            + " seconds is given back, since the answer to its claim must have been lost")
                    Set<@NotNull UUID> executions) {}

    @Schema(name = "HeartbeatAnswer")
    @RegisterForReflection
    record HeartbeatAnswer(
            @Schema(
                            description =
                                    "Whether the worker is to claim no more, and leave once it has finished",
                            examples = "false")
                    boolean drain,
            @Schema(
                            description =
                                    "Executions to be cancelled: stop them, and report how they ended")
                    List<UUID> cancel,
            @Schema(
                            description =
                                    "Executions that this worker no longer holds, such as after their timeout: stop them,"
                                            + " and report nothing")
                    List<UUID> lost) {}

    @Schema(name = "CompleteRequest")
    @RegisterForReflection
    record Complete(
            @NotNull
                    @Schema(
                            description = "The worker that claimed it",
                            examples = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1c")
                    UUID workerId,
            @NotNull @Min(1) @Schema(description = "The epoch of the claim", examples = "1")
                    Long epoch,
            @Schema(description = "Kept with the execution, up to 64 KiB of it")
                    @Nullable JsonNode result) {}

    @Schema(name = "FailRequest")
    @RegisterForReflection
    record Fail(
            @NotNull
                    @Schema(
                            description = "The worker that claimed it",
                            examples = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1c")
                    UUID workerId,
            @NotNull @Min(1) @Schema(description = "The epoch of the claim", examples = "1")
                    Long epoch,
            @NotBlank
                    @Size(max = 100)
                    @Schema(description = "Stable, for programs", examples = "IMAGE_UNREADABLE")
                    String code,
            @NotNull @Schema(description = "For people", examples = "cat.png has no pixels")
                    String message,
            @Schema(description = "Whether another attempt may succeed", defaultValue = "true")
                    @Nullable Boolean retryable,
            @DurationMin(millis = 0)
                    @DurationMax(days = 366)
                    @Schema(
                            type = SchemaType.STRING,
                            description = "When to retry; absent: as the retry policy says",
                            examples = "1m")
                    @Nullable Duration retryAfter,
            @Schema(description = "Kept with the execution") @Nullable JsonNode result)
            implements Reports.Failure {}

    @Schema(name = "ProgressRequest")
    @RegisterForReflection
    record Progress(
            @NotNull
                    @Schema(
                            description = "The worker that claimed it",
                            examples = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1c")
                    UUID workerId,
            @NotNull @Min(1) @Schema(description = "The epoch of the claim", examples = "1")
                    Long epoch,
            @Min(0) @Max(100) @Schema(description = "Absent: not known", examples = "40")
                    @Nullable Integer percent,
            @Size(max = 1000) @Schema(description = "For people", examples = "2 of 5 files")
                    @Nullable String message)
            implements Reports.Progress {}

    @Schema(name = "ExecutionOutcome")
    @RegisterForReflection
    record Outcome(
            @Schema(examples = "0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01") UUID id,
            @Schema(
                            description = "Its next state: RETRYING if it is retried",
                            examples = "SUCCEEDED")
                    ExecutionState state) {}
}
