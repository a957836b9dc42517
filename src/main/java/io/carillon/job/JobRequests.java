package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.execution.Overlap;
import io.carillon.firing.MisfirePolicy;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The smaller bodies of the job endpoints. */
final class JobRequests {
    private JobRequests() {}

    @Schema(name = "Pause", examples = "{\"note\": \"target is being migrated\"}")
    record Pause(
            @Size(max = 1000) @Schema(description = "For whoever wonders later")
                    @Nullable String note) {}

    @Schema(name = "Resume", examples = "{\"catchUp\": \"FIRE_ONCE\"}")
    record Resume(
            @Schema(
                            description =
                                    "What to execute of the instants missed while paused; absent for none")
                    @Nullable MisfirePolicy catchUp) {}

    @Schema(
            name = "ManualRun",
            examples =
                    "{\"config\": {\"body\": {\"month\": \"2026-10\"}}, \"overlap\": \"QUEUE_ALL\"}")
    record ManualRun(
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
        static final ManualRun PLAIN = new ManualRun(null, null, null);
    }

    @Schema(
            name = "JobBatch",
            examples =
                    """
                    {"jobs": [{"name": "ping-a", "schedule": "* * * * *", "type": "noop"},
                              {"name": "ping-b", "schedule": {"every": "90s"}, "type": "noop"}]}
                    """)
    record Batch(
            @NotEmpty
                    @Size(max = 10_000)
                    @Schema(type = SchemaType.ARRAY, implementation = JobRequest[].class)
                    List<JsonNode> jobs) {}

    @Schema(name = "JobBatchResult")
    record BatchResult(
            @Schema(examples = "2") int created,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the request") List<BatchItem> items) {}

    /** What became of one job of a batch. */
    @Schema(name = "JobBatchItem")
    record BatchItem(
            @Schema(examples = "201") int status,
            @Nullable UUID id,
            @Nullable Instant nextFireAt,
            io.carillon.problem.@Nullable Problem problem) {}

    @Schema(name = "UpcomingInstants")
    record Upcoming(
            @Schema(examples = "at 09:00 on Monday, Europe/Paris time") String description,
            @Schema(description = "The next planned instants") List<Instant> next) {}
}
