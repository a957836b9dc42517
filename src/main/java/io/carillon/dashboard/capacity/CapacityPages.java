package io.carillon.dashboard.capacity;

import io.carillon.dashboard.PageContext;
import io.carillon.dashboard.Pages;
import io.carillon.database.DatabaseClock;
import io.carillon.http.Parameters;
import io.carillon.job.JobSummaries;
import io.carillon.job.planning.Forecasts;
import io.carillon.queue.QueueView;
import io.carillon.queue.QueueViews;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.carillon.worker.WorkerQueries;
import io.carillon.worker.WorkerView;
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
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves {@code /queues}, {@code /workers} and {@code /forecast}. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class CapacityPages {
    private static final int DAYS = 7;

    /** Minutes are counted in these hours only. */
    private static final int HOTTEST_HOURS = 4;

    private final Pages pages;
    private final QueueViews queues;
    private final WorkerQueries workers;
    private final Forecasts forecasts;
    private final JobSummaries jobs;
    private final DatabaseClock clock;
    private final CurrentCaller caller;

    CapacityPages(
            Pages pages,
            QueueViews queues,
            WorkerQueries workers,
            Forecasts forecasts,
            JobSummaries jobs,
            DatabaseClock clock,
            CurrentCaller caller) {
        this.pages = pages;
        this.queues = queues;
        this.workers = workers;
        this.forecasts = forecasts;
        this.jobs = jobs;
        this.clock = clock;
        this.caller = caller;
    }

    @CheckedTemplate(basePath = "dashboard/capacity")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance queues(PageContext page, List<QueueView> queues);

        static native TemplateInstance workers(PageContext page, List<WorkerView> workers);

        static native TemplateInstance forecast(
                PageContext page, HeatMap map, @Nullable HotMinute minute);
    }

    @GET
    @Path("queues")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response queues(@QueryParam("namespace") @Nullable String namespace) {
        var shown = caller.scope().listed(Parameters.text(namespace)).orElse(null);
        return Pages.answer(Templates.queues(pages.context("queues"), queues.all(shown)));
    }

    @GET
    @Path("workers")
    @Needs(value = Role.VIEWER, everywhere = true)
    @Page
    @Operation(hidden = true)
    public Response workers(@QueryParam("all") @Nullable String all) {
        var shown =
                workers.all("true".equals(all)).stream()
                        .map(worker -> workers.find(worker.id()).orElse(worker))
                        .toList();
        return Pages.answer(Templates.workers(pages.context("workers"), shown));
    }

    @GET
    @Path("forecast")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response forecast(@QueryParam("at") @Nullable String at) {
        var now = clock.now();
        var from = now.truncatedTo(ChronoUnit.DAYS);
        var to = from.plus(Duration.ofDays(DAYS));
        var namespaces = caller.scope().listed(null).orElse(null);
        var byHour = forecasts.of(now, to, namespaces, ChronoUnit.HOURS);
        var minutes =
                HeatMap.hottest(byHour, HOTTEST_HOURS)
                        .map(
                                hour ->
                                        forecasts.of(
                                                hour.at(),
                                                hour.at().plus(Duration.ofHours(1)),
                                                namespaces,
                                                ChronoUnit.MINUTES))
                        .flatMap(ofHour -> ofHour.minutes().stream())
                        .toList();
        return Pages.answer(
                Templates.forecast(
                        pages.context("forecast"),
                        HeatMap.of(byHour, minutes, from, DAYS),
                        minuteOf(Parameters.instant("at", at), namespaces)));
    }

    private @Nullable HotMinute minuteOf(@Nullable Instant at, @Nullable Set<String> namespaces) {
        if (at == null) {
            return null;
        }
        var minute = at.truncatedTo(ChronoUnit.MINUTES);
        var hour = at.truncatedTo(ChronoUnit.HOURS);
        var ids = forecasts.jobsIn(minute, namespaces, HotMinute.MAX_JOBS);
        return HotMinute.of(
                minute,
                forecasts.of(hour, hour.plus(Duration.ofHours(1)), namespaces, ChronoUnit.MINUTES),
                ids,
                jobs.placed(caller.scope(), ids));
    }
}
