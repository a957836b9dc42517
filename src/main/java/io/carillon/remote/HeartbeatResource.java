package io.carillon.remote;

import io.carillon.callback.Callbacks;
import io.carillon.problem.Problem;
import io.carillon.remote.CallbackRequests.Ping;
import io.carillon.remote.CallbackRequests.PingFailure;
import io.carillon.security.OpenToAll;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/heartbeats/{token}}: the pings of jobs of type {@code heartbeat}. */
@Path("/api/v1/heartbeats/{token}")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@RunOnVirtualThread
@Tag(name = "Callbacks")
@RegisterForReflection
class HeartbeatResource {
    private final Callbacks callbacks;
    private final Heartbeats heartbeats;
    private final UnknownTokens unknown;

    HeartbeatResource(Callbacks callbacks, Heartbeats heartbeats, UnknownTokens unknown) {
        this.callbacks = callbacks;
        this.heartbeats = heartbeats;
        this.unknown = unknown;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @OpenToAll
    @Operation(
            operationId = "pingHeartbeat",
            summary = "Tell a job of type heartbeat that all went well")
    @APIResponse(
            responseCode = "200",
            description = "Recorded",
            content = @Content(schema = @Schema(implementation = Ping.class)))
    public Ping ping(@PathParam("token") String token) {
        return ping(token, null);
    }

    @POST
    @Path("/fail")
    @Consumes(MediaType.APPLICATION_JSON)
    @OpenToAll
    @Operation(
            operationId = "failHeartbeat",
            summary = "Tell a job of type heartbeat that something went wrong: its execution fails")
    @APIResponse(
            responseCode = "200",
            description = "Recorded",
            content = @Content(schema = @Schema(implementation = Ping.class)))
    public Ping fail(
            @PathParam("token") String token,
            @NotNull(message = "expected a JSON object") @Valid PingFailure failure) {
        return ping(token, failure.message());
    }

    private Ping ping(String token, @Nullable String failure) {
        var jobId =
                callbacks
                        .jobOfHeartbeat(token)
                        .orElseThrow(() -> unknown.refused("heartbeat", token));
        return new Ping(heartbeats.ping(jobId, failure).orElse(null));
    }
}
