package io.carillon.job.importing;

import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
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
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
@RegisterForReflection
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
            operationId = "importJobs",
            summary =
                    "Create jobs from a crontab, or from what other schedulers have, each with its own result;"
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
        var sources =
                Stream.of(
                                request.crontab(),
                                request.kubernetes(),
                                request.cloudScheduler(),
                                request.eventBridge(),
                                request.dkron())
                        .filter(Objects::nonNull)
                        .count();
        if (sources != 1) {
            throw ProblemException.invalid(
                    "",
                    "expected one of crontab, kubernetes, cloudScheduler, eventBridge and dkron");
        }
        var cloudScheduler = request.cloudScheduler();
        if (cloudScheduler != null) {
            return CloudSchedulerReader.read(cloudScheduler);
        }
        var dkron = request.dkron();
        if (dkron != null) {
            return DkronReader.read(dkron);
        }
        if (request.template() == null) {
            throw ProblemException.invalid("template", "must not be null");
        }
        var eventBridge = request.eventBridge();
        if (eventBridge != null) {
            return EventBridgeReader.read(eventBridge);
        }
        return request.kubernetes() != null
                ? CronJobReader.read(request.kubernetes(), request.timeZone())
                : CrontabReader.read(
                        String.valueOf(request.crontab()),
                        Boolean.TRUE.equals(request.userColumn()),
                        request.timeZone());
    }
}
