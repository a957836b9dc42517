package io.carillon.stats;

import io.carillon.problem.Problem;
import io.carillon.security.CurrentCaller;
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

/** Serves {@code /api/v1/stats}. */
@Path("/api/v1/stats")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@RunOnVirtualThread
@Tag(name = "Statistics")
@RegisterForReflection
class StatsResource {
    private final Statistics statistics;
    private final CurrentCaller caller;

    StatsResource(Statistics statistics, CurrentCaller caller) {
        this.statistics = statistics;
        this.caller = caller;
    }

    @GET
    @Needs(value = Role.VIEWER, everywhere = true)
    @Operation(
            operationId = "getStats",
            summary = "Sum up the last hour and day: what fired, ran and failed, and how late")
    @APIResponse(
            responseCode = "200",
            description = "The sums; activity is at most ten seconds old",
            content = @Content(schema = @Schema(implementation = StatsView.class)))
    public StatsView get() {
        return statistics.of(caller.scope());
    }
}
