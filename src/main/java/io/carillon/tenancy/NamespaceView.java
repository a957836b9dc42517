package io.carillon.tenancy;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a namespace to clients. */
@Schema(name = "Namespace")
@RegisterForReflection
record NamespaceView(
        @Schema(examples = "billing") String name,
        @Schema(description = "Absent: no limit", examples = "1000") @Nullable Integer jobs,
        @Schema(description = "Absent: no limit", examples = "600")
                @Nullable Integer submissionsPerMinute,
        @Schema(description = "Absent: no limit", examples = "50")
                @Nullable Integer concurrentExecutions,
        @Schema(description = "Absent: 65,536, as for all", examples = "4096")
                @Nullable Integer resultBytes,
        @Schema(type = SchemaType.STRING, description = "Absent: no limit", examples = "PT1M")
                @Nullable Duration minInterval,
        @Schema(description = "Grows with every change; used as the ETag", examples = "0")
                long version,
        Instant createdAt,
        Instant updatedAt) {

    /** The answer of the listing. */
    @Schema(name = "NamespaceList")
    @RegisterForReflection
    record Listing(@Schema(description = "By name") List<NamespaceView> items) {}

    static NamespaceView of(Namespace namespace) {
        return new NamespaceView(
                namespace.name(),
                namespace.quotas().jobs(),
                namespace.quotas().submissionsPerMinute(),
                namespace.quotas().concurrentExecutions(),
                namespace.quotas().resultBytes(),
                namespace.quotas().minInterval(),
                namespace.version(),
                namespace.createdAt(),
                namespace.updatedAt());
    }
}
