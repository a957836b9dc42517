package io.carillon.execution;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseUnavailableException;
import io.carillon.handler.JobHandlers;
import io.carillon.problem.Parameters;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.queue.QueueStore;
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
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/executions}: submit once, and read what ran. */
@Path("/api/v1/executions")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Executions")
class ExecutionResource {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final ExecutionStore store;
    private final ExecutionQueries queries;
    private final JobHandlers handlers;
    private final DatabaseClock clock;
    private final DataSource dataSource;
    private final QueueStore queues;

    ExecutionResource(
            ExecutionStore store,
            ExecutionQueries queries,
            JobHandlers handlers,
            DatabaseClock clock,
            DataSource dataSource,
            QueueStore queues) {
        this.store = store;
        this.queries = queries;
        this.handlers = handlers;
        this.clock = clock;
        this.dataSource = dataSource;
        this.queues = queues;
    }

    @POST
    @Operation(summary = "Submit an execution that runs once, now or at a time")
    @APIResponse(
            responseCode = "202",
            description = "Accepted; Location is the execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    public Response submit(
            @NotNull(message = "expected a JSON object") @Valid SubmissionRequest request) {
        var submission = submissionOf(request);
        UUID id;
        try (var connection = dataSource.getConnection()) {
            queues.ensure(connection, List.of(submission.queue()));
            id = store.insertSubmitted(connection, submission);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The submission was not stored", failure);
        }
        return Response.accepted(view(id)).location(URI.create("/api/v1/executions/" + id)).build();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "Get an execution")
    @APIResponse(
            responseCode = "200",
            description = "The execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    public ExecutionView get(@PathParam("id") UUID id) {
        return view(id);
    }

    @GET
    @Operation(summary = "List executions, newest first")
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
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        int size = Parameters.integer("limit", limit, 20, 1, 100);
        var filter =
                new ExecutionQueries.Filter(
                        Parameters.oneOf("state", state, ExecutionState.class),
                        Parameters.uuid("jobId", jobId),
                        Parameters.text(namespace),
                        Parameters.text(type),
                        Parameters.text(queue),
                        Parameters.instant("from", from),
                        Parameters.instant("to", to));
        var found = queries.page(filter, Parameters.uuid("cursor", cursor), size + 1);
        return ExecutionPage.of(found, size, last -> last.id().toString());
    }

    private ExecutionView view(UUID id) {
        return queries.find(id).orElseThrow(() -> ProblemException.notFound("execution", id));
    }

    private Submission submissionOf(SubmissionRequest request) {
        var config =
                request.config() == null ? JsonNodeFactory.instance.objectNode() : request.config();
        handlers.validate(request.type(), config);
        var runAt = request.runAt() == null ? clock.now() : request.runAt();
        return new Submission(
                request.namespace() == null ? "default" : request.namespace(),
                request.type(),
                config,
                request.queue() == null ? "default" : request.queue(),
                request.priority() == null ? 5 : request.priority(),
                runAt.truncatedTo(ChronoUnit.MILLIS),
                request.timeout() == null ? DEFAULT_TIMEOUT : request.timeout(),
                (request.retry() == null ? RetryPolicy.DEFAULT : request.retry()).orDefaults(),
                request.delivery() == null ? Delivery.AT_LEAST_ONCE : request.delivery(),
                request.labels() == null ? Map.of() : request.labels());
    }
}
