package io.carillon.worker;

import io.carillon.replica.ReplicaRole;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a worker to clients. */
@Schema(name = "Worker")
@RegisterForReflection
public record WorkerView(
        @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") UUID id,
        WorkerState state,
        @Schema(description = "EMBEDDED: the pool inside a replica; REMOTE: a program elsewhere")
                WorkerKind kind,
        @Schema(description = "The replica's, or the address a remote one registered from")
                String host,
        @Schema(description = "Absent for a remote one", examples = "4711") @Nullable Long pid,
        @Schema(description = "Of Carillon, or what a remote one said", examples = "1.0.0")
                String version,
        @Schema(description = "Absent for a replica's", examples = "resizer-1")
                @Nullable String name,
        @Schema(description = "Whose executions a remote one runs", examples = "default")
                @Nullable String namespace,
        @Schema(description = "What a remote one runs", examples = "[\"resize-image\"]")
                @Nullable List<String> tasks,
        @Schema(description = "From which queues a remote one claims; empty: from all")
                @Nullable List<String> queues,
        @Schema(description = "How many slots it has", examples = "100") int capacity,
        @Schema(description = "Executions it holds", examples = "3") long running,
        @Schema(description = "What its replica does; none of a remote one")
                List<ReplicaRole> roles,
        Instant startedAt,
        Instant heartbeatAt,
        @Schema(
                        type = SchemaType.STRING,
                        description =
                                "How long ago it last renewed its lease, by PostgreSQL's clock",
                        examples = "PT0.4S")
                Duration heartbeatAge,
        @Nullable Instant stoppedAt,
        @Schema(
                        description =
                                "The executions it runs, longest first, up to 100; absent in a listing")
                @Nullable List<RunningExecution> executions) {

    /** An execution that a worker runs. */
    @Schema(name = "RunningExecution")
    @RegisterForReflection
    public record RunningExecution(
            UUID id,
            @Schema(description = "Absent for a submission") @Nullable UUID jobId,
            @Schema(examples = "http") String type,
            @Schema(examples = "default") String queue,
            @Schema(examples = "1") int attempt,
            Instant startedAt) {}

    /** Where a worker is. */
    @Schema(name = "WorkerKind")
    public enum WorkerKind {
        EMBEDDED,
        REMOTE
    }

    WorkerView with(List<RunningExecution> runningNow) {
        return new WorkerView(
                id,
                state,
                kind,
                host,
                pid,
                version,
                name,
                namespace,
                tasks,
                queues,
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
