package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.AfterJob;
import io.carillon.definition.Delivery;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.definition.RetryPolicy;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.schedule.ScheduleSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a job to clients. */
@Schema(name = "Job")
@RegisterForReflection
public record JobView(
        @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
        @Schema(description = "Grows with every change; used as the ETag", examples = "0")
                long version,
        @Schema(examples = "default") String namespace,
        @Schema(examples = "weekly-report") String name,
        @Nullable String description,
        @Nullable ScheduleSpec schedule,
        @Schema(examples = "http") String type,
        @Schema(implementation = ObjectNode.class) JsonNode config,
        @Schema(examples = "default") String queue,
        @Schema(examples = "5") int priority,
        @Schema(type = SchemaType.STRING, examples = "PT30S") Duration timeout,
        RetryPolicy retry,
        Delivery delivery,
        Overlap overlap,
        @Schema(examples = "1") int weight,
        @Schema(type = SchemaType.STRING, examples = "PT10M") @Nullable Duration startDeadline,
        @Nullable AfterJob after,
        MisfirePolicy misfire,
        @Schema(type = SchemaType.STRING, examples = "PT24H") Duration catchUpWindow,
        @Schema(examples = "100") int catchUpLimit,
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        additionalProperties = String.class)
                JsonNode labels,
        boolean enabled,
        JobStatus status,
        @Schema(description = "Why the job cannot be fired or read; absent if it can")
                @Nullable String fault,
        @Schema(description = "Note given when it was paused") @Nullable String pauseNote,
        @Schema(description = "When it fires next; absent if paused, completed or on demand")
                @Nullable Instant nextFireAt,
        @Schema(description = "The last planned instant that was executed")
                @Nullable Instant lastFireAt,
        ExecutionQueries.@Nullable Latest lastExecution,
        Instant createdAt,
        Instant updatedAt,
        @Schema(description = "When it was deleted; only in listings of deleted jobs")
                @Nullable Instant deletedAt) {}
