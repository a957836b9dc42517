package io.carillon.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.JobDefinition;
import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /api/v1/jobs/by-name}: who deploys jobs knows their names, not their ids, and does
 * not want to know whether a job exists.
 */
@Path("/api/v1/jobs/by-name/{name}")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
@RegisterForReflection
class JobByNameResource {
    private static final String IN = "Of the job; default: the body's, or that of the caller";

    private final JobService jobs;
    private final JobListing listing;
    private final JobCreation creation;
    private final JobViews views;
    private final Json json;
    private final CurrentCaller caller;

    JobByNameResource(
            JobService jobs,
            JobListing listing,
            JobCreation creation,
            JobViews views,
            Json json,
            CurrentCaller caller) {
        this.jobs = jobs;
        this.listing = listing;
        this.creation = creation;
        this.views = views;
        this.json = json;
        this.caller = caller;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(operationId = "getJobByName", summary = "Get a job by its name")
    @APIResponse(
            responseCode = "200",
            description = "The job; ETag is its version",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public Response get(
            @PathParam("name") String name,
            @QueryParam("namespace") @Parameter(description = IN) @Nullable String namespace) {
        String in = namespaceOf(Parameters.text(namespace));
        var job = existing(in, name).orElseThrow(() -> absent(in, name));
        return answer(Response.ok(), views.of(job));
    }

    @PUT
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "declareJob",
            summary =
                    "Declare a job: create it, or change it if it differs. Without enabled, a paused job stays paused")
    @APIResponse(
            responseCode = "201",
            description = "Created; Location is the job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "200",
            description = "The job; if nothing differed, it has no new version",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(responseCode = "412", description = "The job has another version than If-Match")
    @APIResponse(responseCode = "422", description = "The schedule never fires")
    public Response declare(
            @PathParam("name") String name,
            @QueryParam("namespace") @Parameter(description = IN) @Nullable String namespace,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = "expected a JSON object")
                    @RequestBody(
                            description = "A job; its name is in the address, and may be left out")
                    ObjectNode body) {
        String in = agreed(body, "namespace", Parameters.text(namespace));
        String inNamespace = caller.scope().namespace(in);
        body.put("name", agreed(body, "name", name));
        var request =
                json.read(views.withoutReadOnly(body), JobDefinition.class, "")
                        .inNamespace(inNamespace);
        var version = EntityTags.version(ifMatch);
        var known = existing(inNamespace, name);
        if (known.isEmpty() && version == null) {
            try {
                var draft = creation.draft(caller.scope(), request);
                var view = views.ofNew(creation.create(draft), draft.trigger());
                return answer(Response.created(URI.create("/api/v1/jobs/" + view.id())), view);
            } catch (ProblemException taken) {
                // Somebody declared it meanwhile.
                known = existing(inNamespace, name);
                if (taken.kind() != ProblemKind.CONFLICT || known.isEmpty()) {
                    throw taken;
                }
            }
        }
        UUID id = known.orElseThrow(() -> absent(inNamespace, name)).id;
        boolean saysEnabled = body.hasNonNull("enabled");
        var changed =
                jobs.change(
                        caller.scope(),
                        id,
                        version,
                        before -> saysEnabled ? request : request.withEnabled(before.enabled()));
        return answer(Response.ok(), views.of(changed));
    }

    /** Returns the value that the body and the address must agree on; null if neither has one. */
    private static @Nullable String agreed(ObjectNode body, String field, @Nullable String other) {
        String inBody = body.hasNonNull(field) ? body.get(field).asText() : null;
        if (inBody != null && other != null && !inBody.equals(other)) {
            throw ProblemException.invalid(field, "the address says '" + other + "'");
        }
        return inBody == null ? other : inBody;
    }

    private String namespaceOf(@Nullable String asked) {
        return asked == null ? caller.scope().defaultNamespace() : asked;
    }

    private Optional<Job> existing(String namespace, String name) {
        return listing.find(caller.scope(), namespace, name);
    }

    private static ProblemException absent(String namespace, String name) {
        return ProblemException.notFound("job", namespace + "/" + name);
    }

    private static Response answer(Response.ResponseBuilder response, JobView view) {
        return response.tag(EntityTags.of(view.version())).entity(view).build();
    }
}
