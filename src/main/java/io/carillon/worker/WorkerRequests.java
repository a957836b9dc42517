package io.carillon.worker;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies of the worker endpoints. */
final class WorkerRequests {
    private WorkerRequests() {}

    @Schema(name = "Scale")
    @RegisterForReflection
    record Scale(
            @NotNull
                    @Min(0)
                    @Max(100_000)
                    @Schema(
                            description = "The most slots each uses; 0: it claims nothing",
                            examples = "50")
                    Integer capacity,
            @Schema(description = "The one to scale; absent for all live ones of replicas")
                    @Nullable UUID workerId) {}

    @Schema(name = "WorkerList")
    @RegisterForReflection
    record Listing(@Schema(description = "Latest first") List<WorkerView> items) {}
}
