package io.carillon.remote;

import io.carillon.callback.Callbacks;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.Outcome;
import io.carillon.problem.Problem;
import io.carillon.remote.CallbackRequests.Failure;
import io.carillon.remote.CallbackRequests.Progress;
import io.carillon.remote.CallbackRequests.Success;
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
import java.time.Duration;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /api/v1/callbacks/{token}}: what a target says later about work that it has
 * accepted. The token is the permission.
 */
@Path("/api/v1/callbacks/{token}")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Callbacks")
@RegisterForReflection
class CallbackResource {
    private static final String BODY = "expected a JSON object";
    private static final String LOST =
            "It does not await an answer to this attempt; type lease-lost";

    private final Callbacks callbacks;
    private final Answers answers;
    private final DatabaseClock clock;
    private final UnknownTokens unknown;

    CallbackResource(
            Callbacks callbacks, Answers answers, DatabaseClock clock, UnknownTokens unknown) {
        this.callbacks = callbacks;
        this.answers = answers;
        this.clock = clock;
        this.unknown = unknown;
    }

    @POST
    @Path("/complete")
    @OpenToAll
    @Operation(
            operationId = "completeCallback",
            summary = "Answer that accepted work has succeeded; a repetition gets the same answer")
    @APIResponse(
            responseCode = "200",
            description = "Stored",
            content = @Content(schema = @Schema(implementation = RemoteRequests.Outcome.class)))
    @APIResponse(responseCode = "409", description = LOST)
    public RemoteRequests.Outcome complete(
            @PathParam("token") String token, @Valid @Nullable Success success) {
        return end(token, new Outcome.Success(success == null ? null : success.result()));
    }

    @POST
    @Path("/fail")
    @OpenToAll
    @Operation(
            operationId = "failCallback",
            summary = "Answer that accepted work has failed; a repetition gets the same answer")
    @APIResponse(
            responseCode = "200",
            description = "Stored; shows the next state of the execution",
            content = @Content(schema = @Schema(implementation = RemoteRequests.Outcome.class)))
    @APIResponse(responseCode = "409", description = LOST)
    public RemoteRequests.Outcome fail(
            @PathParam("token") String token, @NotNull(message = BODY) @Valid Failure failure) {
        return end(token, failure.outcome(clock.now()));
    }

    @POST
    @Path("/progress")
    @OpenToAll
    @Operation(
            operationId = "reportCallbackProgress",
            summary = "Report the progress of accepted work, and how much longer it may take")
    @APIResponse(responseCode = "204", description = "Stored; readers of the execution see it")
    @APIResponse(responseCode = "409", description = LOST)
    public void progress(
            @PathParam("token") String token, @NotNull(message = BODY) @Valid Progress progress) {
        answers.putOff(
                attempt(token),
                progress.stored(),
                Objects.requireNonNullElse(progress.within(), Duration.ZERO));
    }

    private RemoteRequests.Outcome end(String token, Outcome outcome) {
        var attempt = attempt(token);
        return new RemoteRequests.Outcome(attempt.executionId(), answers.end(attempt, outcome));
    }

    private Callbacks.Attempt attempt(String token) {
        return callbacks.attempt(token).orElseThrow(() -> unknown.refused("callback", token));
    }
}
