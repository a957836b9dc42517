package io.carillon.worker;

import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/workers}. */
@Path("/api/v1/workers")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Workers")
@RegisterForReflection
class WorkerResource {
    private final WorkerQueries queries;
    private final WorkerStore store;

    WorkerResource(WorkerQueries queries, WorkerStore store) {
        this.queries = queries;
        this.store = store;
    }

    @GET
    @Needs(value = Role.VIEWER, everywhere = true)
    @Operation(
            operationId = "listWorkers",
            summary = "List live workers, latest first; all=true: also those that ended")
    @APIResponse(
            responseCode = "200",
            description = "Up to 1000; ended ones are kept for a week",
            content = @Content(schema = @Schema(implementation = WorkerRequests.Listing.class)))
    public WorkerRequests.Listing list(
            @QueryParam("all") @Parameter(description = "true or false") @Nullable String all) {
        return new WorkerRequests.Listing(
                queries.all(Boolean.TRUE.equals(Parameters.bool("all", all))));
    }

    @GET
    @Path("/{id}")
    @Needs(value = Role.VIEWER, everywhere = true)
    @Operation(operationId = "getWorker", summary = "Get a worker and what it runs")
    @APIResponse(
            responseCode = "200",
            description = "The worker",
            content = @Content(schema = @Schema(implementation = WorkerView.class)))
    public WorkerView get(@PathParam("id") UUID id) {
        return queries.find(id).orElseThrow(() -> ProblemException.notFound("worker", id));
    }

    @POST
    @Path("/scale")
    @Needs(value = Role.ADMIN, everywhere = true)
    @Operation(
            operationId = "scaleWorkers",
            summary =
                    "Set the capacity of live workers until they restart; running executions go on")
    @APIResponse(
            responseCode = "202",
            description = "The workers, which adopt their new capacity within a heartbeat",
            content = @Content(schema = @Schema(implementation = WorkerRequests.Listing.class)))
    @APIResponse(responseCode = "404", description = "There is no such worker")
    @APIResponse(responseCode = "409", description = "The worker has ended")
    public Response scale(
            @NotNull(message = "expected a JSON object") @Valid WorkerRequests.Scale scale) {
        store.scale(scale.capacity(), scale.workerId());
        var workers =
                queries.all(false).stream()
                        .filter(
                                worker ->
                                        scale.workerId() == null
                                                || worker.id().equals(scale.workerId()))
                        .toList();
        return Response.accepted(new WorkerRequests.Listing(workers)).build();
    }
}
