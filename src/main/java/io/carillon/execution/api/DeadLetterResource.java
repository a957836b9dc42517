package io.carillon.execution.api;

import io.carillon.database.DatabaseClock;
import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/executions/dismiss} and {@code /reopen}. */
@Path("/api/v1/executions")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Executions")
@RegisterForReflection
class DeadLetterResource {
    private static final String BODY = "expected a JSON object";
    private static final int MAX_CHANGED = 10_000;

    private final DeadLetterActions actions;
    private final DatabaseClock clock;
    private final CurrentCaller caller;

    DeadLetterResource(DeadLetterActions actions, DatabaseClock clock, CurrentCaller caller) {
        this.actions = actions;
        this.clock = clock;
        this.caller = caller;
    }

    @POST
    @Path("/dismiss")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "dismissExecutions",
            summary =
                    "Dismiss dead letters that need nobody's attention, oldest first, up to 10,000 a"
                            + " call; they stay in the ledger. dryRun=true: only count them")
    @APIResponse(
            responseCode = "200",
            description = "How many were dismissed, and whether more are left",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            implementation =
                                                    ExecutionRequests.DismissalResult.class)))
    public ExecutionRequests.DismissalResult dismiss(
            @QueryParam("dryRun") @Parameter(description = "true: changes nothing")
                    @Nullable String dryRun,
            @NotNull(message = BODY) @Valid ExecutionRequests.Dismissal dismissal) {
        boolean isDryRun = Boolean.TRUE.equals(Parameters.bool("dryRun", dryRun));
        var filter = dismissal.filter().within(caller.scope());
        // As PostgreSQL keeps it, so that the answer finds it again.
        var at = clock.now().truncatedTo(ChronoUnit.MICROS);
        var many =
                isDryRun
                        ? actions.count(filter, MAX_CHANGED)
                        : actions.dismiss(filter, at, MAX_CHANGED);
        return new ExecutionRequests.DismissalResult(
                isDryRun, many.changed(), many.isMoreLeft(), isDryRun ? null : at);
    }

    @POST
    @Path("/reopen")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "reopenExecutions",
            summary = "Open dismissed dead letters again, oldest first, up to 10,000 a call")
    @APIResponse(
            responseCode = "200",
            description = "How many are open again, and whether more may be left",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            implementation =
                                                    ExecutionRequests.ReopeningResult.class)))
    public ExecutionRequests.ReopeningResult reopen(
            @NotNull(message = BODY) @Valid ExecutionRequests.Reopening reopening) {
        var many =
                actions.reopen(
                        reopening.filter().within(caller.scope()),
                        reopening.dismissedAt(),
                        MAX_CHANGED);
        return new ExecutionRequests.ReopeningResult(many.changed(), many.isMoreLeft());
    }
}
