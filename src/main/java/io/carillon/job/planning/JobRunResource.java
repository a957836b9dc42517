package io.carillon.job.planning;

import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.http.Parameters;
import io.carillon.job.JobRequests;
import io.carillon.job.JobResource;
import io.carillon.problem.Problem;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.carillon.trace.Launches;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves requests to run jobs: now, or for the missed instants of a range. */
@Path("/api/v1/jobs")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
@RegisterForReflection
class JobRunResource {
    private final ManualRuns runs;
    private final ExecutionQueries executions;

    private final CurrentCaller caller;
    private final Launches launches;

    JobRunResource(
            ManualRuns runs, ExecutionQueries executions, CurrentCaller caller, Launches launches) {
        this.launches = launches;
        this.caller = caller;
        this.runs = runs;
        this.executions = executions;
    }

    @POST
    @Path("/{id}/trigger")
    @Needs(Role.EDITOR)
    @Operation(operationId = "triggerJob", summary = "Run a job now, whatever its schedule says")
    @APIResponse(
            responseCode = "202",
            description =
                    "Accepted; Location is the execution, which is SKIPPED if the overlap policy says so",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    public Response trigger(@PathParam("id") UUID id, @Valid JobRequests.@Nullable ManualRun run) {
        var executionId =
                runs.trigger(caller.scope(), id, run == null ? JobRequests.ManualRun.PLAIN : run);
        launches.add(executionId);
        return Response.accepted(executions.find(caller.scope(), executionId).orElseThrow())
                .location(URI.create("/api/v1/executions/" + executionId))
                .build();
    }

    @POST
    @Path("/{id}/backfill")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "backfillJob",
            summary =
                    "Execute the planned instants of a past range that have no execution; at most 10,000;"
                            + " dryRun=true: only count them")
    @APIResponse(
            responseCode = "202",
            description = "Queued; for a dry run, what would be queued",
            content = @Content(schema = @Schema(implementation = JobRequests.BackfillResult.class)))
    @APIResponse(responseCode = "409", description = "The job has no schedule")
    public Response backfill(
            @PathParam("id") UUID id,
            @QueryParam("dryRun") @Parameter(description = "true: only counts, executes nothing")
                    @Nullable String dryRun,
            @NotNull(message = JobResource.BODY) @Valid JobRequests.Backfill backfill) {
        boolean isDryRun = Boolean.TRUE.equals(Parameters.bool("dryRun", dryRun));
        return Response.accepted(runs.backfill(caller.scope(), id, backfill, isDryRun)).build();
    }
}
