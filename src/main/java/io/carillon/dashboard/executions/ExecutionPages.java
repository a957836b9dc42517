package io.carillon.dashboard.executions;

import io.carillon.dashboard.DeadLetters;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.dashboard.PageContext;
import io.carillon.dashboard.Pages;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.follow.Lineage;
import io.carillon.execution.ledger.ExecutionFilter;
import io.carillon.execution.ledger.ExecutionListing;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.handler.JobType;
import io.carillon.handler.JobTypes;
import io.carillon.http.Parameters;
import io.carillon.job.JobSummaries;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.carillon.trace.TraceLinks;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves {@code /executions} and {@code /dead-letters}. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class ExecutionPages {
    private static final int SIZE = 50;
    private static final int DEAD_LETTERS = 1000;

    private final Pages pages;
    private final ExecutionListing listing;
    private final ExecutionQueries executions;
    private final FailedExecutions failed;
    private final Lineage lineage;
    private final JobSummaries jobs;
    private final JobTypes types;
    private final DatabaseClock clock;
    private final CurrentCaller caller;
    private final TraceLinks traces;

    ExecutionPages(
            Pages pages,
            ExecutionListing listing,
            ExecutionQueries executions,
            FailedExecutions failed,
            Lineage lineage,
            JobSummaries jobs,
            JobTypes types,
            DatabaseClock clock,
            CurrentCaller caller,
            TraceLinks traces) {
        this.traces = traces;
        this.pages = pages;
        this.listing = listing;
        this.executions = executions;
        this.failed = failed;
        this.lineage = lineage;
        this.jobs = jobs;
        this.types = types;
        this.clock = clock;
        this.caller = caller;
    }

    @CheckedTemplate(basePath = "dashboard/executions")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance list(PageContext page, ExecutionsView view);

        static native TemplateInstance execution(PageContext page, ExecutionScreen view);

        static native TemplateInstance deadLetters(PageContext page, DeadLetters view);
    }

    @GET
    @Path("executions")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("type") @Nullable String type,
            @QueryParam("queue") @Nullable String queue,
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("label") @Nullable List<String> label,
            @QueryParam("cursor") @Nullable String cursor) {
        var now = clock.now();
        var labels = Parameters.labels("label", label);
        var filter =
                new ExecutionFilter(
                        Parameters.oneOf("state", state, ExecutionState.class),
                        null,
                        caller.scope().listed(Parameters.text(namespace)).orElse(null),
                        Parameters.text(type),
                        Parameters.text(queue),
                        null,
                        // Executions submitted for later have later ids, but did not run last.
                        Parameters.text(state) == null ? now.plusSeconds(1) : null,
                        labels);
        var found = listing.page(filter, Parameters.uuid("cursor", cursor), SIZE + 1);
        boolean hasMore = found.size() > SIZE;
        var shown = hasMore ? found.subList(0, SIZE) : found;
        boolean isFiltered =
                !labels.isEmpty()
                        || Stream.of(state, type, queue, namespace)
                                .anyMatch(value -> Parameters.text(value) != null);
        return Pages.answer(
                Templates.list(
                        pages.context("executions"),
                        new ExecutionsView(
                                ExecutionTable.of(shown, names(shown), now),
                                types.all().stream().map(JobType::type).toList(),
                                hasMore ? shown.getLast().id().toString() : null,
                                isFiltered)));
    }

    private Map<UUID, String> names(List<ExecutionView> found) {
        var ids = new HashSet<UUID>();
        for (var execution : found) {
            if (execution.jobId() != null) {
                ids.add(execution.jobId());
            }
        }
        return jobs.names(caller.scope(), ids);
    }

    @GET
    @Path("executions/{id}")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response execution(@PathParam("id") UUID id) {
        var execution =
                executions
                        .find(caller.scope(), id)
                        .orElseThrow(() -> ProblemException.notFound("execution", id));
        var relatives = lineage.of(caller.scope(), id);
        var jobIds = new HashSet<UUID>();
        relatives.executions().stream()
                .map(Lineage.Relative::jobId)
                .filter(Objects::nonNull)
                .forEach(jobIds::add);
        var names = jobs.names(caller.scope(), jobIds);
        return Pages.answer(
                Templates.execution(
                        pages.context("executions"),
                        ExecutionScreen.of(
                                execution,
                                ExecutionTable.nameOf(execution, names),
                                traces.of(id).orElse(null),
                                Graph.of(relatives, names))));
    }

    @GET
    @Path("dead-letters")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response deadLetters() {
        var found = failed.latest(caller.scope(), null, DEAD_LETTERS);
        var ids = new HashSet<UUID>();
        for (var each : found) {
            if (each.jobId() != null) {
                ids.add(each.jobId());
            }
        }
        var names = jobs.names(caller.scope(), ids);
        return Pages.answer(
                Templates.deadLetters(
                        pages.context("dead-letters"), DeadLetters.of(found, names, DEAD_LETTERS)));
    }
}
