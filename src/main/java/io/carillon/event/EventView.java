package io.carillon.event;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An event as clients see it. */
@Schema(name = "Event")
@RegisterForReflection
public record EventView(
        @Schema(description = "Its place in the order of all events", examples = "4711-3")
                String id,
        @Schema(
                        description =
                                "Subject and verb: execution.succeeded, execution.failed, execution.skipped, execution.cancelled, execution.awaiting, execution.retrying, worker.started, worker.stopped, worker.lost, and each change that the audit log knows of jobs, triggers, queues, calendars, namespaces, workers and executions",
                        examples = "execution.failed")
                String kind,
        @Schema(description = "When, by PostgreSQL's clock") Instant at,
        @Schema(description = "Absent: of no namespace, or of several") @Nullable String namespace,
        @Nullable UUID jobId,
        @Nullable UUID executionId,
        @Schema(description = "The type of the execution", examples = "http") @Nullable String type,
        @Schema(description = "Which attempt of the execution it was", examples = "2")
                @Nullable Integer attempt,
        @Schema(description = "Why it was skipped or cancelled", examples = "OVERLAP")
                @Nullable String reason,
        @Schema(description = "The code of the attempt's error", examples = "HTTP_STATUS")
                @Nullable String code,
        @Schema(description = "Who made the change", examples = "key ci of acme")
                @Nullable String actor,
        @Schema(description = "More about a change") @Nullable Map<String, ?> details) {

    static EventView of(Position position, Instant at, @Nullable String namespace, EventItem item) {
        return new EventView(
                position.toString(),
                item.kind(),
                at,
                namespace,
                item.jobId(),
                item.executionId(),
                item.type(),
                item.attempt(),
                item.reason(),
                item.code(),
                item.actor(),
                item.details());
    }
}
