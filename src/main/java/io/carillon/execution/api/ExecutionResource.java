package io.carillon.execution.api;

import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionFilter;
import io.carillon.execution.ledger.ExecutionListing;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.execution.submission.Submissions;
import io.carillon.http.Parameters;
import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.carillon.trace.Launches;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/executions}: submit executions, and read what ran. */
@Path("/api/v1/executions")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Executions")
@RegisterForReflection
class ExecutionResource {
    private static final String BODY = "expected a JSON object";
    private static final int MAX_REPLAY = 1000;
    private static final int LONGEST_KEY = 255;

    private final Submissions submissions;
    private final ExecutionActions actions;
    private final ExecutionQueries queries;
    private final ExecutionListing listing;
    private final Json json;

    private final CurrentCaller caller;
    private final Launches launches;

    ExecutionResource(
            Submissions submissions,
            ExecutionActions actions,
            ExecutionQueries queries,
            ExecutionListing listing,
            Json json,
            CurrentCaller caller,
            Launches launches) {
        this.launches = launches;
        this.caller = caller;
        this.submissions = submissions;
        this.actions = actions;
        this.queries = queries;
        this.listing = listing;
        this.json = json;
    }

    @POST
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "submitExecution",
            summary = "Submit an execution that runs once, now or at a given time")
    @APIResponse(
            responseCode = "202",
            description = "Accepted; Location is the execution",
            headers =
                    @Header(
                            name = "Idempotency-Replayed",
                            description = "true: it was accepted before under the same key",
                            schema = @Schema(type = SchemaType.BOOLEAN)),
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(
            responseCode = "409",
            description = "Another submission came under the same Idempotency-Key")
    @APIResponse(responseCode = "429", description = "The queue is at its maxDepth")
    public Response submit(
            @HeaderParam("Idempotency-Key")
                    @Parameter(
                            description =
                                    "The same key and body within 24 hours gives the same execution")
                    @Nullable String key,
            @NotNull(message = BODY) @Valid SubmissionRequest request) {
        // Checked here, since Bean Validation would not know the header's name.
        if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY)) {
            throw ProblemException.invalid(
                    "Idempotency-Key", "expected 1 to " + LONGEST_KEY + " characters");
        }
        var accepted = submissions.submit(caller.scope(), request.withKey(key));
        var response =
                Response.accepted(view(accepted.id()))
                        .location(URI.create("/api/v1/executions/" + accepted.id()));
        if (accepted.isRepeated()) {
            response.header("Idempotency-Replayed", "true");
        } else {
            launches.add(accepted.id());
        }
        return response.build();
    }

    @POST
    @Path("/batch")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "submitExecutions",
            summary = "Submit up to 10,000 executions, each with its own result")
    @APIResponse(
            responseCode = "202",
            description = "The result of each",
            content =
                    @Content(
                            schema = @Schema(implementation = ExecutionRequests.BatchResult.class)))
    public Response submitBatch(@NotNull(message = BODY) @Valid ExecutionRequests.Batch batch) {
        var problems = new TreeMap<Integer, ProblemException>();
        var requests = new TreeMap<Integer, SubmissionRequest>();
        var refusedRefs = new HashSet<String>();
        for (int index = 0; index < batch.executions().size(); index++) {
            var item = batch.executions().get(index);
            try {
                requests.put(index, json.read(item, SubmissionRequest.class, ""));
            } catch (ProblemException problem) {
                problems.put(index, problem);
                refusedRefs.add(item.path("ref").asText());
            }
        }
        var results = submissions.submitAll(caller.scope(), requests, refusedRefs);
        problems.forEach(
                (index, problem) -> results.put(index, new Submissions.Result.Refused(problem)));
        var items = new ArrayList<ExecutionRequests.BatchItem>(results.size());
        results.forEach((index, result) -> items.add(itemOf(index, result)));
        for (var result : results.values()) {
            if (result instanceof Submissions.Result.Accepted accepted && !accepted.isRepeated()) {
                launches.add(accepted.id());
            }
        }
        int accepted = (int) items.stream().filter(item -> item.id() != null).count();
        return Response.accepted(
                        new ExecutionRequests.BatchResult(accepted, items.size() - accepted, items))
                .build();
    }

    private static ExecutionRequests.BatchItem itemOf(int index, Submissions.Result result) {
        return switch (result) {
            case Submissions.Result.Accepted accepted ->
                    new ExecutionRequests.BatchItem(202, accepted.id(), null);
            case Submissions.Result.Refused refused -> {
                var problem = refused.problem().within("executions[" + index + "].");
                yield new ExecutionRequests.BatchItem(
                        problem.kind().status(), null, problem.toProblem(null));
            }
        };
    }

    @POST
    @Path("/{id}/cancel")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "cancelExecution",
            summary =
                    "Cancel an execution: one that waits ends at once, one that runs is interrupted")
    @APIResponse(
            responseCode = "202",
            description =
                    "Cancelled, or about to be; an execution that was cancelled before is the same",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(responseCode = "409", description = "It has already ended in another state")
    public Response cancel(@PathParam("id") UUID id) {
        actions.cancel(permitted(id));
        var now = view(id);
        if (now.state().isFinal() && now.state() != ExecutionState.CANCELLED) {
            throw new ProblemException(
                    ProblemKind.CONFLICT, "The execution has ended: it is " + now.state() + ".");
        }
        return Response.accepted(now).build();
    }

    @PATCH
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Consumes({"application/merge-patch+json", MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "changeExecution",
            summary = "Change the priority or start time of a waiting execution")
    @APIResponse(
            responseCode = "200",
            description = "The changed execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(responseCode = "409", description = "It is no longer waiting")
    public ExecutionView change(
            @PathParam("id") UUID id,
            @NotNull(message = BODY) @Valid ExecutionRequests.Change change) {
        var before = permitted(id);
        if (change.runAt() != null && before.jobId() != null) {
            throw ProblemException.invalid(
                    "runAt", "the executions of a job run when its schedule says");
        }
        var runAt = change.runAt() == null ? null : change.runAt().truncatedTo(ChronoUnit.MILLIS);
        if (!actions.move(before, change.priority(), runAt)) {
            throw new ProblemException(
                    ProblemKind.CONFLICT,
                    "The execution is no longer waiting: it is " + view(id).state() + ".");
        }
        return view(id);
    }

    @POST
    @Path("/{id}/replay")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "replayExecution",
            summary = "Replay an execution that failed for good or was cancelled")
    @APIResponse(
            responseCode = "202",
            description = "Location is the new execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(responseCode = "409", description = "It has another state, or its job is deleted")
    public Response replay(@PathParam("id") UUID id) {
        var replay = actions.replay(permitted(id));
        launches.add(replay);
        return Response.accepted(view(replay))
                .location(URI.create("/api/v1/executions/" + replay))
                .build();
    }

    @POST
    @Path("/replay")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "replayExecutions",
            summary =
                    "Replay dead letters that were neither replayed nor dismissed, oldest first, up to 1,000 a call")
    @APIResponse(
            responseCode = "202",
            description = "How many were replayed, and whether more are left",
            content =
                    @Content(
                            schema =
                                    @Schema(implementation = ExecutionRequests.ReplayResult.class)))
    public Response replayAll(@NotNull(message = BODY) @Valid ExecutionRequests.Replay replay) {
        var many = actions.replayAll(replay.filter().within(caller.scope()), MAX_REPLAY);
        return Response.accepted(
                        new ExecutionRequests.ReplayResult(many.replayed(), many.isMoreLeft()))
                .build();
    }

    @GET
    @Path("/{id}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getExecution", summary = "Get an execution")
    @APIResponse(
            responseCode = "200",
            description = "The execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    public ExecutionView get(@PathParam("id") UUID id) {
        return view(id);
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(operationId = "listExecutions", summary = "List executions, newest first")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = ExecutionPage.class)))
    public ExecutionPage list(
            @QueryParam("state") @Schema(implementation = ExecutionState.class)
                    @Nullable String state,
            @QueryParam("jobId") @Nullable String jobId,
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("type") @Nullable String type,
            @QueryParam("queue") @Nullable String queue,
            @QueryParam("label")
                    @Parameter(
                            description =
                                    "`key=value`; several must all be there. A job's executions have the job's labels",
                            example = "[\"team=sales\"]")
                    @Nullable List<String> label,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        int size = Parameters.integer("limit", limit, 20, 1, 100);
        var filter =
                new ExecutionFilter(
                        Parameters.oneOf("state", state, ExecutionState.class),
                        Parameters.uuid("jobId", jobId),
                        caller.scope().listed(Parameters.text(namespace)).orElse(null),
                        Parameters.text(type),
                        Parameters.text(queue),
                        Parameters.instant("from", from),
                        Parameters.instant("to", to),
                        Parameters.labels("label", label));
        var found = listing.page(filter, Parameters.uuid("cursor", cursor), size + 1);
        return ExecutionPage.of(found, size, last -> last.id().toString());
    }

    /** Returns the execution, if the caller may act on it. */
    private ExecutionView permitted(UUID id) {
        var found = view(id);
        caller.scope().check(found.namespace(), ProblemException.notFound("execution", id));
        return found;
    }

    private ExecutionView view(UUID id) {
        return queries.find(caller.scope(), id)
                .orElseThrow(() -> ProblemException.notFound("execution", id));
    }
}
