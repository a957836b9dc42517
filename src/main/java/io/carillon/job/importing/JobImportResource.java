package io.carillon.job.importing;

import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/jobs/import}. */
@Path("/api/v1/jobs/import")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs")
class JobImportResource {
    private static final int MAX_ENTRIES = 10_000;

    private final JobImports imports;

    private final CurrentCaller caller;

    JobImportResource(JobImports imports, CurrentCaller caller) {
        this.caller = caller;
        this.imports = imports;
    }

    @POST
    @Needs(Role.EDITOR)
    @Operation(
            summary =
                    "Create jobs from a crontab or from Kubernetes CronJobs, each with its own result;"
                            + " dryRun=true: only show them")
    @APIResponse(
            responseCode = "200",
            description = "The result of each entry",
            content = @Content(schema = @Schema(implementation = JobImport.Result.class)))
    public JobImport.Result run(
            @QueryParam("dryRun") @Nullable String dryRun,
            @NotNull(message = "expected a JSON object") @Valid JobImport request) {
        boolean storesNothing = Boolean.TRUE.equals(Parameters.bool("dryRun", dryRun));
        var found = read(request);
        if (found.size() > MAX_ENTRIES) {
            throw ProblemException.invalid("", "at most " + MAX_ENTRIES + " entries at once");
        }
        return imports.run(caller.scope(), found, request, storesNothing);
    }

    private static List<ImportedJob> read(JobImport request) {
        if (request.crontab() != null && request.kubernetes() == null) {
            return CrontabReader.read(
                    request.crontab(),
                    Boolean.TRUE.equals(request.userColumn()),
                    request.timeZone());
        }
        if (request.kubernetes() != null && request.crontab() == null) {
            return CronJobReader.read(request.kubernetes(), request.timeZone());
        }
        throw ProblemException.invalid("", "expected either crontab or kubernetes");
    }
}
