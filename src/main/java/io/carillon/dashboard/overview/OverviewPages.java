package io.carillon.dashboard.overview;

import io.carillon.dashboard.DeadLetters;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.dashboard.PageContext;
import io.carillon.dashboard.Pages;
import io.carillon.dashboard.overview.Overview.Planned;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ledger.ExecutionFilter;
import io.carillon.execution.ledger.ExecutionListing;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.firing.Triggers;
import io.carillon.job.JobQuery;
import io.carillon.job.JobSummaries;
import io.carillon.queue.QueueViews;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.carillon.security.Scope;
import io.carillon.stats.Statistics;
import io.carillon.worker.WorkerQueries;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves {@code /}, and {@code /find} for the finder. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class OverviewPages {
    private static final int LATEST = 12;
    private static final int NEXT = 10;
    private static final int FAILED = 500;
    private static final int FOUND = 8;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final List<Link> SCREENS =
            List.of(
                    new Link("", "Overview", "page"),
                    new Link("jobs", "Jobs", "page"),
                    new Link("jobs/new", "New job", "page"),
                    new Link("executions", "Executions", "page"),
                    new Link("dead-letters", "Dead letters", "page"),
                    new Link("queues", "Queues", "page"),
                    new Link("workers", "Workers", "page"),
                    new Link("forecast", "Forecast", "page"),
                    new Link("calendars", "Calendars", "page"),
                    new Link("rules", "Rules", "page"),
                    new Link("secrets", "Secrets", "page"),
                    new Link("import", "Import a crontab", "page"));

    private final Pages pages;
    private final Database database;
    private final JobSummaries jobs;
    private final ExecutionListing listing;
    private final ExecutionQueries executions;
    private final FailedExecutions failed;
    private final Triggers triggers;
    private final QueueViews queues;
    private final WorkerQueries workers;
    private final Statistics statistics;
    private final DatabaseClock clock;
    private final CurrentCaller caller;

    /** A place that the finder knows. */
    record Link(String path, String name, String kind) {}

    OverviewPages(
            Pages pages,
            Database database,
            JobSummaries jobs,
            ExecutionListing listing,
            ExecutionQueries executions,
            FailedExecutions failed,
            Triggers triggers,
            QueueViews queues,
            WorkerQueries workers,
            Statistics statistics,
            DatabaseClock clock,
            CurrentCaller caller) {
        this.pages = pages;
        this.database = database;
        this.jobs = jobs;
        this.listing = listing;
        this.executions = executions;
        this.failed = failed;
        this.triggers = triggers;
        this.queues = queues;
        this.workers = workers;
        this.statistics = statistics;
        this.clock = clock;
        this.caller = caller;
    }

    @CheckedTemplate(basePath = "dashboard/overview")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance overview(PageContext page, Overview view);

        static native TemplateInstance found(PageContext page, List<Link> links);
    }

    @GET
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response overview() {
        var page = pages.context("");
        var scope = caller.scope();
        var now = clock.now();
        // Executions submitted for later have later ids, but they are not what ran last.
        var latest = listing.page(untilNow(scope, now), null, LATEST);
        var dead = failed.latest(scope, now.minus(DAY), FAILED);
        var next =
                database.with(
                        connection ->
                                triggers.upcoming(
                                        connection, now, scope.visible().orElse(null), NEXT));
        var ids = new HashSet<UUID>();
        Stream.concat(
                        latest.stream().map(ExecutionView::jobId),
                        dead.stream().map(FailedExecutions.Failed::jobId))
                .filter(Objects::nonNull)
                .forEach(ids::add);
        next.forEach(each -> ids.add(each.jobId()));
        var names = jobs.names(scope, ids);
        var count = jobs.count(scope);
        return Pages.answer(
                Templates.overview(
                        page,
                        new Overview(
                                inWords(count),
                                count.jobs() > 0,
                                DeadLetters.of(dead, names, FAILED),
                                ExecutionTable.of(latest, names, now),
                                planned(next, names),
                                queues.all(scope.visible().orElse(null)),
                                page.seesEverything() ? workers.all(false) : List.of(),
                                page.seesEverything() ? statistics.of(scope) : null)));
    }

    /** Leaves out what was deleted meanwhile. */
    private static List<Planned> planned(
            List<Triggers.UpcomingFiring> next, Map<UUID, String> names) {
        var planned = new ArrayList<Planned>();
        for (var each : next) {
            String name = names.get(each.jobId());
            if (name != null) {
                planned.add(new Planned(each.jobId().toString(), name, each.at()));
            }
        }
        return planned;
    }

    private static ExecutionFilter untilNow(Scope scope, Instant now) {
        return new ExecutionFilter(
                null,
                null,
                scope.visible().orElse(null),
                null,
                null,
                null,
                now.plusSeconds(1),
                Map.of());
    }

    private static String inWords(JobSummaries.Count count) {
        return (count.isExact() ? "" : "about ")
                + String.format(Locale.ROOT, "%,d", count.jobs())
                + (count.jobs() == 1 ? " job" : " jobs");
    }

    @GET
    @Path("find")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response find(@QueryParam("q") @Nullable String asked) {
        String text = asked == null ? "" : asked.strip();
        var found = new ArrayList<Link>();
        if (ID.matcher(text).matches()) {
            var id = UUID.fromString(text);
            executions
                    .find(caller.scope(), id)
                    .ifPresent(
                            execution ->
                                    found.add(new Link("executions/" + id, text, "execution")));
            jobs.names(caller.scope(), List.of(id))
                    .forEach((job, name) -> found.add(new Link("jobs/" + job, name, "job")));
        } else if (!text.isEmpty()) {
            var query = new JobQuery(null, null, null, null, null, text, null, null, "" + FOUND);
            jobs.page(caller.scope(), query)
                    .jobs()
                    .forEach(job -> found.add(new Link("jobs/" + job.id(), job.name(), "job")));
        }
        String folded = text.toLowerCase(Locale.ROOT);
        SCREENS.stream()
                .filter(link -> link.name().toLowerCase(Locale.ROOT).contains(folded))
                .forEach(found::add);
        return Pages.answer(Templates.found(pages.context(""), found));
    }
}
