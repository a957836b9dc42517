package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows an execution to clients. Absent fields are not yet known, or do not apply. */
@Schema(name = "Execution")
@RegisterForReflection
public record ExecutionView(
        @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
        @Schema(description = "Absent for a submission") @Nullable UUID jobId,
        @Schema(examples = "default") String namespace,
        @Schema(examples = "http") String type,
        @Schema(examples = "default") String queue,
        @Schema(
                        description = "Of type custom: what a remote worker is to run",
                        examples = "resize-image")
                @Nullable String task,
        @Schema(examples = "SUCCEEDED") ExecutionState state,
        @Schema(examples = "SCHEDULE") Origin origin,
        @Schema(examples = "5") int priority,
        @Schema(
                        description =
                                "The planned instant, or when it was submitted, triggered or backfilled")
                Instant scheduledAt,
        @Schema(description = "For a backfill: the planned instant it stands for")
                @Nullable Instant plannedAt,
        @Schema(description = "When the next, or last, attempt may start") Instant runAt,
        @Schema(description = "Attempts made so far", examples = "1") int attempt,
        @Schema(examples = "3") int maxAttempts,
        @Schema(examples = "AT_LEAST_ONCE") Delivery delivery,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Schema(
                        description = "From the start of the last attempt to its end",
                        type = SchemaType.STRING,
                        examples = "PT0.182S")
                @Nullable Duration duration,
        @Schema(description = "While AWAITING: when the answer is overdue")
                @Nullable Instant answerBy,
        @Schema(description = "The worker that ran the last attempt") @Nullable UUID workerId,
        @Schema(type = SchemaType.OBJECT, description = "The result of the handler")
                @Nullable JsonNode result,
        @Schema(type = SchemaType.OBJECT, description = "Code and message of the last failure")
                @Nullable JsonNode error,
        @Schema(type = SchemaType.ARRAY, description = "Every failed attempt's error")
                @Nullable JsonNode errors,
        @Schema(
                        type = SchemaType.OBJECT,
                        description =
                                "How far a remote worker has come with the last attempt, and when it said so")
                @Nullable JsonNode progress,
        @Schema(description = "Why it was skipped or cancelled", examples = "MISFIRE")
                @Nullable String reason,
        @Schema(description = "The last instant a skipped row stands for, when it is a range")
                @Nullable Instant skippedUntil,
        @Schema(description = "How many instants a skipped row stands for")
                @Nullable Long skippedCount,
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        additionalProperties = String.class)
                @Nullable JsonNode labels,
        @Schema(description = "How many slots of a worker it takes", examples = "1") int weight,
        @Schema(description = "Skipped if it has not started by then")
                @Nullable Instant startDeadlineAt,
        @Schema(description = "When its cancellation was requested")
                @Nullable Instant cancelRequestedAt,
        @Schema(description = "The executions it was submitted to wait for")
                @Nullable List<UUID> dependsOn,
        @Nullable OnDependencyFailure onDependencyFailure,
        @Schema(description = "The dead letter it replays") @Nullable UUID replayOf,
        @Schema(description = "Its latest replay") @Nullable UUID replayedBy,
        @Schema(description = "When this dead letter was dismissed") @Nullable Instant dismissedAt,
        @Schema(description = "The execution of another job whose end caused it")
                @Nullable UUID causedBy,
        @Schema(
                        description = "Its trace: the id without dashes",
                        examples = "0196f4a01c007d8e9a513f6f0c1c2b3a")
                String traceId,
        Instant createdAt) {}
