package io.carillon.handler;

import io.carillon.problem.Problem;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves {@code /api/v1/job-types}. */
@Path("/api/v1/job-types")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@RunOnVirtualThread
@Tag(name = "Job types")
@RegisterForReflection
class JobTypeResource {
    private final JobTypes types;

    JobTypeResource(JobTypes types) {
        this.types = types;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listJobTypes",
            summary = "List the types of jobs, with the schema of each one's config")
    @APIResponse(
            responseCode = "200",
            description = "The types, by name",
            content = @Content(schema = @Schema(implementation = JobType.Listing.class)))
    public JobType.Listing list() {
        return new JobType.Listing(types.all());
    }
}
