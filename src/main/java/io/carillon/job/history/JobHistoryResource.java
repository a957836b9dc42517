package io.carillon.job.history;

import io.carillon.execution.statistics.ExecutionStats;
import io.carillon.execution.statistics.JobStatistics;
import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.job.JobService;
import io.carillon.job.JobView;
import io.carillon.job.JobViews;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
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

/** Serves the history of a job: its revisions, and why an instant was or was not executed. */
@Path("/api/v1/jobs")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
@RegisterForReflection
class JobHistoryResource {
    private final JobService jobs;
    private final JobHistory history;
    private final JobViews views;
    private final Explanations explanations;
    private final JobStatistics statistics;

    private final CurrentCaller caller;

    JobHistoryResource(
            JobService jobs,
            JobHistory history,
            JobViews views,
            Explanations explanations,
            JobStatistics statistics,
            CurrentCaller caller) {
        this.caller = caller;
        this.jobs = jobs;
        this.history = history;
        this.views = views;
        this.explanations = explanations;
        this.statistics = statistics;
    }

    @GET
    @Path("/{id}/revisions")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listJobRevisions",
            summary = "A job's versions, newest first; also for a deleted job")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = RevisionView.Page.class)))
    public RevisionView.Page revisions(
            @PathParam("id") UUID id,
            @QueryParam("page") @Parameter(description = "From 1; default 1") @Nullable String page,
            @QueryParam("limit") @Parameter(description = "1 to 100; default 20")
                    @Nullable String limit) {
        return history.page(
                caller.scope(),
                id,
                Parameters.integer("page", page, 1, 1, 1_000_000),
                Parameters.integer("limit", limit, 20, 1, 100));
    }

    @POST
    @Path("/{id}/revisions/{version}/restore")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "restoreJobRevision",
            summary =
                    "Make an earlier definition the current one: an ordinary change, but it neither"
                            + " pauses nor resumes")
    @APIResponse(
            responseCode = "200",
            description = "The changed job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    @APIResponse(responseCode = "412", description = "The job has another version than If-Match")
    @APIResponse(responseCode = "422", description = "The schedule never fires")
    public Response restore(
            @PathParam("id") UUID id,
            @PathParam("version") long version,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        var view = views.of(jobs.revert(caller.scope(), id, EntityTags.version(ifMatch), version));
        return Response.ok(view).tag(EntityTags.of(view.version())).build();
    }

    @GET
    @Path("/{id}/why")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "explainInstant",
            summary =
                    "What happened, or will happen, to a planned instant and why; also for a deleted job")
    @APIResponse(
            responseCode = "200",
            description = "A verdict, in a sentence and in fields",
            content = @Content(schema = @Schema(implementation = Why.class)))
    public Why why(
            @PathParam("id") UUID id,
            @QueryParam("at")
                    @Parameter(
                            description =
                                    "The instant to explain; if none is planned then, the nearest one within a minute is"
                                            + " explained",
                            required = true,
                            example = "2026-11-23T08:00:00Z")
                    @Nullable String at) {
        var instant = Parameters.instant("at", at);
        if (instant == null) {
            throw ProblemException.invalid("at", "is missing");
        }
        return explanations.explain(caller.scope(), id, instant);
    }

    @GET
    @Path("/{id}/stats")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "getJobStats",
            summary =
                    "Totals and durations of a job's executions; percentiles are within one per cent")
    @APIResponse(
            responseCode = "200",
            description = "Over all history, or from (inclusive) to (exclusive)",
            content = @Content(schema = @Schema(implementation = ExecutionStats.class)))
    public ExecutionStats stats(
            @PathParam("id") UUID id,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {
        if (jobs.find(caller.scope(), id).isEmpty()) {
            throw ProblemException.notFound("job", id);
        }
        return statistics.of(id, Parameters.instant("from", from), Parameters.instant("to", to));
    }
}
