package io.carillon.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.JobDefinition;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.api.ExecutionPage;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.http.ReadOnlyFieldsOf;
import io.carillon.json.Json;
import io.carillon.json.MergePatch;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/jobs}. */
@Path("/api/v1/jobs")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
@RegisterForReflection
public class JobResource {
    public static final String BODY = "expected a JSON object";

    private final JobService jobs;
    private final JobCreation creation;
    private final JobListing listing;
    private final JobViews views;
    private final JobSummaries summaries;
    private final ExecutionQueries executions;
    private final DatabaseClock clock;
    private final Json json;

    private final CurrentCaller caller;

    JobResource(
            JobService jobs,
            JobCreation creation,
            JobListing listing,
            JobViews views,
            JobSummaries summaries,
            ExecutionQueries executions,
            DatabaseClock clock,
            Json json,
            CurrentCaller caller) {
        this.caller = caller;
        this.jobs = jobs;
        this.creation = creation;
        this.listing = listing;
        this.views = views;
        this.summaries = summaries;
        this.executions = executions;
        this.clock = clock;
        this.json = json;
    }

    @POST
    @Needs(Role.EDITOR)
    @Operation(operationId = "createJob", summary = "Create a job")
    @APIResponse(
            responseCode = "201",
            description = "Created; Location is the job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    @APIResponse(responseCode = "422", description = "The schedule never fires")
    public Response create(@NotNull(message = BODY) @Valid JobDefinition request) {
        var draft = creation.draft(caller.scope(), request);
        var view = views.ofNew(creation.create(draft), draft.trigger());
        return Response.created(URI.create("/api/v1/jobs/" + view.id()))
                .tag(EntityTags.of(view.version()))
                .entity(view)
                .build();
    }

    @POST
    @Path("/batch")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "createJobs",
            summary =
                    "Create up to 10,000 jobs, each with its own result; atomic=true: all or none")
    @APIResponse(
            responseCode = "200",
            description = "The result of each",
            content = @Content(schema = @Schema(implementation = JobRequests.BatchResult.class)))
    @APIResponse(responseCode = "409", description = "Atomic: a name is taken")
    @APIResponse(responseCode = "422", description = "Atomic: a schedule never fires")
    public JobRequests.BatchResult createBatch(
            @QueryParam("atomic") @Nullable String atomic,
            @NotNull(message = BODY) @Valid JobRequests.Batch batch) {
        boolean allOrNone = Boolean.TRUE.equals(Parameters.bool("atomic", atomic));
        // By position in the request: either the problem with a job, or the job to create.
        var failures = new TreeMap<Integer, ProblemException>();
        var drafts = new TreeMap<Integer, JobCreation.Draft>();
        for (int index = 0; index < batch.jobs().size(); index++) {
            try {
                var request = json.read(batch.jobs().get(index), JobDefinition.class, "");
                drafts.put(index, creation.draft(caller.scope(), request));
            } catch (ProblemException problem) {
                var inBatch = problem.within("jobs[" + index + "].");
                if (allOrNone) {
                    throw inBatch;
                }
                failures.put(index, inBatch);
            }
        }
        var created = creation.createAll(drafts, allOrNone);
        var items = new TreeMap<Integer, JobRequests.BatchItem>();
        failures.forEach(
                (index, problem) -> items.put(index, JobRequests.BatchItem.failed(problem)));
        drafts.forEach(
                (index, draft) ->
                        items.put(
                                index,
                                created.contains(draft.job().id())
                                        ? JobRequests.BatchItem.created(draft)
                                        : JobRequests.BatchItem.failed(
                                                JobCreation.nameTaken(index, draft))));
        return new JobRequests.BatchResult(
                created.size(), items.size() - created.size(), List.copyOf(items.values()));
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listJobs",
            summary = "List jobs by namespace and name; deleted=true: those that can be restored")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = JobPage.class)))
    public JobPage list(@BeanParam JobQuery query) {
        int limit = query.pageSize();
        var page = listing.page(caller.scope(), query, jobs.restorableSince());
        return new JobPage(
                views.of(page.jobs()),
                query.pageNumber(),
                limit,
                page.total(),
                (page.total() + limit - 1) / limit);
    }

    @GET
    @Path("/{id}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getJob", summary = "Get a job")
    @APIResponse(
            responseCode = "200",
            description = "The job; ETag is its version",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response get(@PathParam("id") UUID id) {
        return answer(find(id));
    }

    @PUT
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "replaceJob",
            summary = "Replace a job's definition; If-Match guards against lost updates")
    @APIResponse(
            responseCode = "200",
            description = "The changed job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    @APIResponse(responseCode = "412", description = "The job has another version than If-Match")
    @APIResponse(responseCode = "422", description = "The schedule never fires")
    public Response replace(
            @PathParam("id") UUID id,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = BODY) @Valid @ReadOnlyFieldsOf(JobView.class)
                    JobDefinition request) {
        return answer(
                jobs.change(caller.scope(), id, EntityTags.version(ifMatch), before -> request));
    }

    @PATCH
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Consumes({"application/merge-patch+json", MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchJob",
            summary = "Change parts of a job by JSON Merge Patch (RFC 7396); null sets a default")
    @APIResponse(
            responseCode = "200",
            description = "The changed job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    @APIResponse(responseCode = "412", description = "The job has another version than If-Match")
    @APIResponse(responseCode = "422", description = "The schedule never fires")
    public Response patch(
            @PathParam("id") UUID id,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = BODY) ObjectNode patch) {
        return answer(
                jobs.change(
                        caller.scope(),
                        id,
                        EntityTags.version(ifMatch),
                        before ->
                                json.read(
                                        MergePatch.apply(json.tree(before), patch),
                                        JobDefinition.class,
                                        "")));
    }

    @DELETE
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "deleteJob",
            summary = "Delete a job: cancels its unfinished executions, keeps its history")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "412", description = "The job has another version than If-Match")
    public void delete(
            @PathParam("id") UUID id, @HeaderParam("If-Match") @Nullable String ifMatch) {
        jobs.delete(caller.scope(), id, EntityTags.version(ifMatch));
    }

    @POST
    @Path("/{id}/restore")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "restoreJob",
            summary =
                    "Restore a deleted job, paused or not as before; plans nothing for the time in between")
    @APIResponse(
            responseCode = "200",
            description = "The changed job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "404",
            description = "There is no such job, or its history has been dropped")
    @APIResponse(responseCode = "409", description = "Another job has its name now")
    public Response restore(@PathParam("id") UUID id) {
        return answer(jobs.restore(caller.scope(), id));
    }

    @POST
    @Path("/{id}/pause")
    @Needs(Role.EDITOR)
    @Operation(operationId = "pauseJob", summary = "Pause a job: nothing fires until it is resumed")
    @APIResponse(
            responseCode = "200",
            description = "The changed job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response pause(@PathParam("id") UUID id, @Valid JobRequests.@Nullable Pause pause) {
        return answer(jobs.pause(caller.scope(), id, pause == null ? null : pause.note()));
    }

    @POST
    @Path("/{id}/resume")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "resumeJob",
            summary =
                    "Resume a paused job; missed instants are skipped unless catchUp says otherwise;"
                            + " dryRun=true: only show the effect")
    @APIResponse(
            responseCode = "200",
            description = "The changed job; for a dry run, what would be executed and skipped",
            content = @Content(schema = @Schema(implementation = JobRequests.ResumeResult.class)))
    public Response resume(
            @PathParam("id") UUID id,
            @QueryParam("dryRun")
                    @Parameter(
                            description =
                                    "true: changes nothing; the answer says what would be executed and skipped")
                    @Nullable String dryRun,
            @Valid JobRequests.@Nullable Resume resume) {
        var catchUp = resume == null ? null : resume.catchUp();
        return Boolean.TRUE.equals(Parameters.bool("dryRun", dryRun))
                ? Response.ok(
                                JobRequests.ResumePreview.of(
                                        jobs.previewResume(caller.scope(), id, catchUp)))
                        .build()
                : answer(jobs.resume(caller.scope(), id, catchUp));
    }

    @GET
    @Path("/{id}/schedule")
    @Needs(Role.VIEWER)
    @Transactional
    @Operation(
            operationId = "getJobSchedule",
            summary = "The next planned instants of a job, its schedule in words, and warnings")
    @APIResponse(
            responseCode = "200",
            description = "In order; fewer than asked when the schedule ends",
            content = @Content(schema = @Schema(implementation = Upcoming.class)))
    public Upcoming schedule(
            @PathParam("id") UUID id,
            @QueryParam("count") @Nullable String count,
            @QueryParam("from") @Nullable String from) {
        int size = Parameters.integer("count", count, 10, 1, 1000);
        var start = Parameters.instant("from", from);
        // {@code from} is inclusive, but now is not: an instant that is due now is fired, not
        // upcoming.
        return summaries.upcoming(
                find(id), start == null ? clock.now() : start.minusMillis(1), size);
    }

    @GET
    @Path("/{id}/executions")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listJobExecutions",
            summary = "A job's executions, latest planned instant first")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = ExecutionPage.class)))
    public ExecutionPage executions(
            @PathParam("id") UUID id,
            @QueryParam("state") @Schema(implementation = ExecutionState.class)
                    @Nullable String state,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        find(id);
        int size = Parameters.integer("limit", limit, 20, 1, 100);
        var asked =
                new ExecutionQueries.OfJob(
                        id,
                        Parameters.oneOf("state", state, ExecutionState.class),
                        Parameters.instant("from", from),
                        Parameters.instant("to", to),
                        Parameters.instant("cursor", cursor));
        var found = executions.pageOfJob(asked, size + 1);
        return ExecutionPage.of(found, size, last -> last.scheduledAt().toString());
    }

    private Job find(UUID id) {
        return jobs.find(caller.scope(), id)
                .orElseThrow(() -> ProblemException.notFound("job", id));
    }

    private Response answer(Job job) {
        var view = views.of(job);
        return Response.ok(view).tag(EntityTags.of(view.version())).build();
    }
}
