package io.carillon.job.bulk;

import io.carillon.http.Parameters;
import io.carillon.job.JobResource;
import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.security.CurrentCaller;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves what acts on many jobs at once. */
@Path("/api/v1/jobs")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
@RegisterForReflection
class BulkResource {
    private static final String YAML = "application/yaml";

    private final JobApply apply;
    private final JobExport export;
    private final JobActions actions;
    private final Json json;
    private final CurrentCaller caller;

    BulkResource(
            JobApply apply, JobExport export, JobActions actions, Json json, CurrentCaller caller) {
        this.apply = apply;
        this.export = export;
        this.actions = actions;
        this.json = json;
        this.caller = caller;
    }

    @POST
    @Path("/apply")
    @Needs(Role.EDITOR)
    @Consumes({MediaType.APPLICATION_JSON, YAML})
    @Operation(
            operationId = "applyJobs",
            summary =
                    "Make the jobs of an owner what it declares, all or none, in JSON or YAML;"
                            + " dryRun=true: only show the difference")
    @APIResponse(
            responseCode = "200",
            description = "What was created, changed and deleted; of a dry run, what would be",
            content = @Content(schema = @Schema(implementation = ApplyResult.class)))
    @APIResponse(responseCode = "409", description = "A job belongs to another owner")
    @APIResponse(responseCode = "422", description = "A schedule never fires")
    public ApplyResult apply(
            @QueryParam("dryRun")
                    @Parameter(description = "true: changes nothing, the answer says what would be")
                    @Nullable String dryRun,
            @QueryParam("prune")
                    @Parameter(description = "true: deletes jobs that the owner no longer names")
                    @Nullable String prune,
            @QueryParam("adopt")
                    @Parameter(
                            description = "true: takes over jobs of these names without an owner")
                    @Nullable String adopt,
            @NotNull(message = JobResource.BODY) @Valid ApplyRequest request) {
        return apply.run(
                caller.scope(),
                request,
                new JobApply.Options(
                        isTrue("dryRun", dryRun), isTrue("prune", prune), isTrue("adopt", adopt)));
    }

    @GET
    @Path("/export")
    @Needs(Role.VIEWER)
    @Produces({MediaType.APPLICATION_JSON, YAML, Problem.MEDIA_TYPE})
    @Operation(
            operationId = "exportJobs",
            summary =
                    "Write jobs as apply takes them, in JSON or YAML, without what has its default."
                            + " Credentials in headers are masked")
    @APIResponse(
            responseCode = "200",
            description = "The jobs, by name",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = ApplyRequest.class)),
                @Content(mediaType = YAML, schema = @Schema(implementation = ApplyRequest.class))
            })
    public Response export(
            @Context Request request,
            @QueryParam("namespace") @Parameter(description = "Default: that of the caller")
                    @Nullable String namespace,
            @QueryParam("owner")
                    @Parameter(
                            description =
                                    "Jobs of this owner; absent: all, for the owner to be named")
                    @Nullable String owner) {
        String asked = Parameters.text(namespace);
        String in = asked == null ? caller.scope().defaultNamespace() : asked;
        var jobs = export.run(caller.scope(), in, Parameters.text(owner));
        var variant =
                request.selectVariant(
                        Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(YAML))
                                .build());
        return variant != null && variant.getMediaType().getSubtype().equals("yaml")
                ? Response.ok(json.yaml(jobs), YAML).build()
                : Response.ok(jobs, MediaType.APPLICATION_JSON_TYPE).build();
    }

    @POST
    @Path("/actions")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "actOnJobs",
            summary =
                    "Pause, resume, run or delete all jobs that a filter finds, each by itself;"
                            + " dryRun=true: only show which")
    @APIResponse(
            responseCode = "200",
            description = "What became of each job; of a dry run, which they are",
            content = @Content(schema = @Schema(implementation = ActionRequest.Result.class)))
    public ActionRequest.Result act(
            @QueryParam("dryRun") @Parameter(description = "true: changes nothing")
                    @Nullable String dryRun,
            @NotNull(message = JobResource.BODY) @Valid ActionRequest request) {
        return actions.run(caller.scope(), request, isTrue("dryRun", dryRun));
    }

    private static boolean isTrue(String name, @Nullable String value) {
        return Boolean.TRUE.equals(Parameters.bool(name, value));
    }
}
