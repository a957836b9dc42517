package io.carillon.remote;

import io.carillon.audit.Actor;
import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
import io.carillon.remote.RemoteRequests.ClaimRequest;
import io.carillon.remote.RemoteRequests.ClaimedExecutions;
import io.carillon.remote.RemoteRequests.Heartbeat;
import io.carillon.remote.RemoteRequests.HeartbeatAnswer;
import io.carillon.remote.RemoteRequests.NewWorker;
import io.carillon.remote.RemoteRequests.RegisteredWorker;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.carillon.worker.RemoteWorkerStore;
import io.carillon.worker.RemoteWorkerStore.Registration;
import io.carillon.worker.WorkerConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves {@code /api/v1/workers}: remote workers register, claim, renew their lease and leave. */
@Path("/api/v1/workers")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Remote workers")
@RegisterForReflection
class RemoteWorkerResource {
    private static final String BODY = "expected a JSON object";

    private final RemoteWorkerStore store;
    private final RemoteWorkers workers;
    private final RemoteClaims claims;
    private final WorkerConfig config;
    private final CurrentCaller caller;
    private final Actor actor;
    private final CurrentVertxRequest http;

    RemoteWorkerResource(
            RemoteWorkerStore store,
            RemoteWorkers workers,
            RemoteClaims claims,
            WorkerConfig config,
            CurrentCaller caller,
            Actor actor,
            CurrentVertxRequest http) {
        this.store = store;
        this.workers = workers;
        this.claims = claims;
        this.config = config;
        this.caller = caller;
        this.actor = actor;
        this.http = http;
    }

    @POST
    @Needs(Role.WORKER)
    @Operation(
            operationId = "registerWorker",
            summary = "Register a remote worker, whose lease begins now")
    @APIResponse(
            responseCode = "201",
            description = "Registered; all its requests must carry this id",
            content = @Content(schema = @Schema(implementation = RegisteredWorker.class)))
    public Response register(@NotNull(message = BODY) @Valid NewWorker worker) {
        String namespace = caller.scope().namespace(Parameters.text(worker.namespace()));
        var id =
                store.register(
                        new Registration(
                                namespace,
                                worker.name(),
                                List.copyOf(worker.tasks()),
                                worker.queues() == null ? List.of() : List.copyOf(worker.queues()),
                                worker.capacity() == null ? 1 : worker.capacity(),
                                worker.version()),
                        actor.origin().address());
        return Response.created(URI.create("/api/v1/workers/" + id))
                .entity(new RegisteredWorker(id, namespace, config.heartbeat(), config.lease()))
                .build();
    }

    @POST
    @Path("/{id}/claim")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "claimExecutions",
            summary =
                    "Claim what fits into the worker's free slots, or wait for it; renews the lease once")
    @APIResponse(
            responseCode = "200",
            description = "The executions to run; empty after the wait",
            content = @Content(schema = @Schema(implementation = ClaimedExecutions.class)))
    @APIResponse(responseCode = "409", description = "Its lease has ended: register again")
    public ClaimedExecutions claim(
            @PathParam("id") UUID id, @NotNull(message = BODY) @Valid ClaimRequest request)
            throws InterruptedException {
        var worker = workers.heard(caller.scope(), id);
        var connection = http.getCurrent().response();
        return new ClaimedExecutions(
                claims.claim(
                        worker,
                        request.slots() == null ? 1 : request.slots(),
                        request.waitFor() == null ? Duration.ZERO : request.waitFor(),
                        connection::closed));
    }

    @POST
    @Path("/{id}/heartbeat")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "sendHeartbeat",
            summary = "Renew the lease, and learn what to stop; call it about every second")
    @APIResponse(
            responseCode = "200",
            description = "What to stop",
            content = @Content(schema = @Schema(implementation = HeartbeatAnswer.class)))
    @APIResponse(responseCode = "409", description = "Its lease has ended: register again")
    public HeartbeatAnswer heartbeat(
            @PathParam("id") UUID id, @NotNull(message = BODY) @Valid Heartbeat heartbeat) {
        return workers.heartbeat(caller.scope(), id, heartbeat.executions());
    }

    @DELETE
    @Path("/{id}")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "leaveWorker",
            summary = "Leave: gives back what the worker holds, without counting the attempt")
    @APIResponse(responseCode = "204", description = "It has left")
    public void leave(@PathParam("id") UUID id) {
        workers.leave(caller.scope(), id);
    }
}
