package io.carillon.job;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of jobs, ordered by namespace and name; pages count from 1. */
@Schema(name = "JobPage")
@RegisterForReflection
record JobPage(
        List<JobView> items,
        @Schema(examples = "1") int page,
        @Schema(examples = "20") int limit,
        @Schema(examples = "42") long totalCount,
        @Schema(examples = "3") long totalPages) {}
