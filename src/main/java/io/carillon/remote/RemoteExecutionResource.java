package io.carillon.remote;

import io.carillon.database.DatabaseClock;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.handler.Outcome;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.remote.RemoteRequests.Complete;
import io.carillon.remote.RemoteRequests.Fail;
import io.carillon.remote.RemoteRequests.Progress;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves {@code /api/v1/executions/{id}}: a remote worker's reports about executions it runs. */
@Path("/api/v1/executions/{id}")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Remote workers")
@RegisterForReflection
class RemoteExecutionResource {
    private static final String BODY = "expected a JSON object";
    private static final String LOST = "This claim no longer holds it; type lease-lost";

    private final RemoteExecutions executions;
    private final RemoteOutcomes outcomes;
    private final DatabaseClock clock;
    private final CurrentCaller caller;

    RemoteExecutionResource(
            RemoteExecutions executions,
            RemoteOutcomes outcomes,
            DatabaseClock clock,
            CurrentCaller caller) {
        this.executions = executions;
        this.outcomes = outcomes;
        this.clock = clock;
        this.caller = caller;
    }

    @POST
    @Path("/complete")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "completeExecution",
            summary = "Report that an execution has succeeded; a repetition gets the same answer")
    @APIResponse(
            responseCode = "200",
            description = "Stored",
            content = @Content(schema = @Schema(implementation = RemoteRequests.Outcome.class)))
    @APIResponse(responseCode = "409", description = LOST)
    public RemoteRequests.Outcome complete(
            @PathParam("id") UUID id, @NotNull(message = BODY) @Valid Complete complete) {
        return end(
                id, complete.workerId(), complete.epoch(), new Outcome.Success(complete.result()));
    }

    @POST
    @Path("/fail")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "failExecution",
            summary =
                    "Report that an attempt has failed, or a cancelled one has ended; a repetition gets the same answer")
    @APIResponse(
            responseCode = "200",
            description = "Stored; shows the next state of the execution",
            content = @Content(schema = @Schema(implementation = RemoteRequests.Outcome.class)))
    @APIResponse(responseCode = "409", description = LOST)
    public RemoteRequests.Outcome fail(
            @PathParam("id") UUID id, @NotNull(message = BODY) @Valid Fail fail) {
        return end(id, fail.workerId(), fail.epoch(), fail.outcome(clock.now()));
    }

    private RemoteRequests.Outcome end(UUID id, UUID workerId, long epoch, Outcome outcome) {
        return new RemoteRequests.Outcome(
                id, outcomes.end(caller.scope(), id, workerId, epoch, outcome));
    }

    @POST
    @Path("/progress")
    @Needs(Role.WORKER)
    @Operation(
            operationId = "reportProgress",
            summary = "Report the progress of an execution; its timeout stays as it is")
    @APIResponse(responseCode = "204", description = "Stored; readers of the execution see it")
    @APIResponse(responseCode = "409", description = LOST)
    public void progress(
            @PathParam("id") UUID id, @NotNull(message = BODY) @Valid Progress progress) {
        var absent = ProblemException.notFound("execution", id);
        var held = executions.find(id).orElseThrow(() -> absent);
        caller.scope().check(held.claim().namespace(), absent);
        if (!executions.progress(id, progress.workerId(), progress.epoch(), progress.stored())) {
            throw RemoteOutcomes.leaseLost(held);
        }
    }
}
