package io.carillon.remote;

import io.carillon.callback.Callbacks;
import io.carillon.handler.heartbeat.Pings;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.remote.CallbackRequests.JobHeartbeat;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves {@code /api/v1/jobs/{id}/heartbeat}: the URL by which a job is pinged. */
@Path("/api/v1/jobs")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@RunOnVirtualThread
@Tag(name = "Callbacks")
@RegisterForReflection
class JobHeartbeatResource {
    private final Callbacks callbacks;
    private final Pings pings;
    private final CurrentCaller caller;

    JobHeartbeatResource(Callbacks callbacks, Pings pings, CurrentCaller caller) {
        this.callbacks = callbacks;
        this.pings = pings;
        this.caller = caller;
    }

    @GET
    @Path("/{id}/heartbeat")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "getHeartbeat",
            summary = "The URL that a job of type heartbeat is pinged by, and its last ping")
    @APIResponse(
            responseCode = "200",
            description = "The heartbeat",
            content = @Content(schema = @Schema(implementation = JobHeartbeat.class)))
    @APIResponse(
            responseCode = "409",
            description = "This service does not know its own address; type conflict")
    public JobHeartbeat heartbeat(@PathParam("id") UUID id) {
        var absent = ProblemException.notFound("job of type heartbeat", id);
        var about = pings.about(id).orElseThrow(() -> absent);
        caller.scope().check(about.namespace(), absent);
        return new JobHeartbeat(
                callbacks
                        .ofHeartbeat(id)
                        .orElseThrow(
                                () ->
                                        new ProblemException(
                                                ProblemKind.CONFLICT,
                                                "A heartbeat " + callbacks.absence() + ".")),
                about.lastAt(),
                about.failure());
    }
}
