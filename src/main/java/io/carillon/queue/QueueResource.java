package io.carillon.queue;

import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.http.ReadOnlyFieldsOf;
import io.carillon.problem.Names;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/queues}. */
@Path("/api/v1/queues")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Queues")
@RegisterForReflection
class QueueResource {
    private final QueueStore store;
    private final QueueViews views;
    private final CurrentCaller caller;

    QueueResource(QueueStore store, QueueViews views, CurrentCaller caller) {
        this.store = store;
        this.views = views;
        this.caller = caller;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listQueues",
            summary = "List queues by namespace and name, with what they hold")
    @APIResponse(
            responseCode = "200",
            description = "The queues",
            content = @Content(schema = @Schema(implementation = QueueRequests.Listing.class)))
    public QueueRequests.Listing list(@QueryParam("namespace") @Nullable String namespace) {
        return new QueueRequests.Listing(
                views.all(caller.scope().listed(Parameters.text(namespace)).orElse(null)));
    }

    @GET
    @Path("/{name}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getQueue", summary = "Get a queue")
    @APIResponse(
            responseCode = "200",
            description = "The queue; ETag is its version",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    public Response get(
            @PathParam("name") String name, @QueryParam("namespace") @Nullable String namespace) {
        return answer(
                store.find(known(name, namespace))
                        .orElseThrow(() -> ProblemException.notFound("queue", name)));
    }

    @PUT
    @Path("/{name}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "declareQueue",
            summary =
                    "Declare a queue and its limits; If-Match guards against lost updates. Running executions go on")
    @APIResponse(
            responseCode = "200",
            description = "The changed queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(responseCode = "412", description = "The queue has another version than If-Match")
    public Response declare(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = "expected a JSON object") @Valid @ReadOnlyFieldsOf(QueueView.class)
                    QueueRequests.Declaration declaration) {
        String in = caller.scope().namespace(Parameters.text(namespace));
        Names.require("name", name);
        Names.require("namespace", in);
        var declared =
                store.declare(
                        new QueueKey(in, name), declaration.limits(), EntityTags.version(ifMatch));
        if (!declared.isNew()) {
            return answer(declared.queue());
        }
        return Response.created(URI.create("/api/v1/queues/" + name + "?namespace=" + in))
                .tag(EntityTags.of(declared.queue().version()))
                .entity(views.of(declared.queue()))
                .build();
    }

    @POST
    @Path("/{name}/pause")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "pauseQueue",
            summary = "Pause a queue: starts none of its executions until it is resumed")
    @APIResponse(
            responseCode = "200",
            description = "The changed queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    public Response pause(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @Valid QueueRequests.@Nullable Pause pause) {
        return answer(store.pause(known(name, namespace), pause == null ? null : pause.note()));
    }

    @POST
    @Path("/{name}/resume")
    @Needs(Role.EDITOR)
    @Operation(operationId = "resumeQueue", summary = "Resume a paused queue")
    @APIResponse(
            responseCode = "200",
            description = "The changed queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    public Response resume(
            @PathParam("name") String name, @QueryParam("namespace") @Nullable String namespace) {
        return answer(store.resume(known(name, namespace)));
    }

    /**
     * Returns the queue that the caller may act on; 404, as for a missing queue, if the caller may
     * not see its namespace. Refuses names that none can have, so that PostgreSQL is not asked for
     * a text it may not even accept.
     */
    private QueueKey known(String name, @Nullable String asked) {
        String given = Parameters.text(asked);
        String namespace = given == null ? caller.scope().defaultNamespace() : given;
        var absent = ProblemException.notFound("queue", name);
        if (!Names.isValid(name) || !Names.isValid(namespace)) {
            throw absent;
        }
        caller.scope().check(namespace, absent);
        return new QueueKey(namespace, name);
    }

    private Response answer(Queue queue) {
        return Response.ok(views.of(queue)).tag(EntityTags.of(queue.version())).build();
    }
}
