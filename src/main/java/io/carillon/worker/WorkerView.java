package io.carillon.worker;

import io.carillon.replica.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A worker as clients see it. */
@Schema(name = "Worker")
record WorkerView(
        @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
        WorkerState state,
        @Schema(examples = "carillon-0") String host,
        @Schema(examples = "4711") long pid,
        @Schema(description = "Of Carillon", examples = "1.0.0") String version,
        @Schema(description = "Executions it runs at most", examples = "100") int capacity,
        @Schema(description = "Executions it holds", examples = "3") long running,
        @Schema(description = "What its replica is for") List<Role> roles,
        Instant startedAt,
        Instant heartbeatAt,
        @Schema(
                        type = SchemaType.STRING,
                        description =
                                "How long ago it last renewed its lease, by PostgreSQL's clock",
                        examples = "PT0.4S")
                Duration heartbeatAge,
        @Nullable Instant stoppedAt,
        @Schema(description = "What it runs, longest first, up to 100; absent in a listing")
                @Nullable List<RunningExecution> executions) {

    /** An execution that a worker runs. */
    @Schema(name = "RunningExecution")
    record RunningExecution(
            UUID id,
            @Schema(description = "Absent for a submission") @Nullable UUID jobId,
            @Schema(examples = "http") String type,
            @Schema(examples = "default") String queue,
            @Schema(examples = "1") int attempt,
            Instant startedAt) {}

    WorkerView with(List<RunningExecution> runningNow) {
        return new WorkerView(
                id,
                state,
                host,
                pid,
                version,
                capacity,
                running,
                roles,
                startedAt,
                heartbeatAt,
                heartbeatAge,
                stoppedAt,
                runningNow);
    }
}
