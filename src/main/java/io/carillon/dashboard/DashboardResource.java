package io.carillon.dashboard;

import io.carillon.database.DatabaseClock;
import io.carillon.execution.ledger.ExecutionListing;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.job.JobSummaries;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.carillon.security.Scope;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the page at {@code /}: the first jobs and the latest executions. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
class DashboardResource {
    private static final int JOBS = 50;
    private static final int EXECUTIONS = 25;

    private final JobSummaries jobs;
    private final ExecutionListing executions;
    private final DatabaseClock clock;
    private final String version;

    private final CurrentCaller caller;

    DashboardResource(
            JobSummaries jobs,
            ExecutionListing executions,
            DatabaseClock clock,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version,
            CurrentCaller caller) {
        this.caller = caller;
        this.jobs = jobs;
        this.executions = executions;
        this.clock = clock;
        this.version = version;
    }

    @CheckedTemplate(basePath = "dashboard")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance index(DashboardView page);
    }

    @GET
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response index() {
        String nonce = UUID.randomUUID().toString();
        return Response.ok(Templates.index(view(nonce)))
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'nonce-"
                                + nonce
                                + "'; img-src data:; base-uri 'none'; form-action 'self';"
                                + " frame-ancestors 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store")
                .build();
    }

    private DashboardView view(String nonce) {
        var now = clock.now();
        var scope = caller.scope();
        var count = jobs.count(scope);
        var firstJobs = jobs.first(scope, JOBS).stream().map(job -> JobRow.of(job, now)).toList();
        return new DashboardView(
                nonce,
                inWords(count),
                TimeText.at(now.truncatedTo(ChronoUnit.SECONDS), Instant.EPOCH),
                version,
                caller.isKnown(),
                count.jobs() > firstJobs.size(),
                firstJobs,
                latestExecutions(scope, now));
    }

    private List<ExecutionRow> latestExecutions(Scope scope, Instant now) {
        // Executions submitted for later have later ids, but they are not what ran last.
        var untilNow =
                new ExecutionQueries.Filter(
                        null,
                        null,
                        scope.visible().orElse(null),
                        null,
                        null,
                        null,
                        now.plusSeconds(1),
                        Map.of());
        List<ExecutionView> latest = executions.page(untilNow, null, EXECUTIONS);
        var jobIds = new HashSet<UUID>();
        for (var execution : latest) {
            if (execution.jobId() != null) {
                jobIds.add(execution.jobId());
            }
        }
        var names = jobs.names(scope, jobIds);
        return latest.stream().map(execution -> ExecutionRow.of(execution, names, now)).toList();
    }

    private static String inWords(JobSummaries.Count count) {
        return (count.isExact() ? "" : "about ")
                + String.format(Locale.ROOT, "%,d", count.jobs())
                + (count.jobs() == 1 ? " job" : " jobs");
    }
}
