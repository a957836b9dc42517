package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.callback.Callbacks;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.dashboard.PageContext;
import io.carillon.dashboard.Pages;
import io.carillon.dashboard.Strip;
import io.carillon.dashboard.Timeline;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.JobDefinition;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.statistics.JobStatistics;
import io.carillon.handler.JobType;
import io.carillon.handler.JobTypes;
import io.carillon.handler.heartbeat.Pings;
import io.carillon.http.Parameters;
import io.carillon.job.Job;
import io.carillon.job.JobQuery;
import io.carillon.job.JobService;
import io.carillon.job.JobSummaries;
import io.carillon.job.JobSummary;
import io.carillon.job.JobView;
import io.carillon.job.JobViews;
import io.carillon.job.Upcoming;
import io.carillon.job.history.Explanations;
import io.carillon.job.history.JobHistory;
import io.carillon.job.history.Why;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves {@code /jobs}. */
@Path("/jobs")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class JobPages {
    private static final String SECTION = "jobs";
    private static final int EXECUTIONS = 20;
    private static final int UPCOMING = 8;
    private static final int REVISIONS = 10;

    /** Strips and timelines open no more days of the ledger than this. */
    private static final Duration LATELY = Duration.ofDays(31);

    private static final Duration OF_STATISTICS = Duration.ofDays(7);

    private final Pages pages;
    private final JobSummaries summaries;
    private final JobService jobs;
    private final JobViews views;
    private final JobHistory history;
    private final Explanations explanations;
    private final JobTypes types;
    private final ExecutionQueries executions;
    private final JobStatistics statistics;
    private final Callbacks callbacks;
    private final Pings pings;
    private final DatabaseClock clock;
    private final CurrentCaller caller;
    private final Json json;

    JobPages(
            Pages pages,
            JobSummaries summaries,
            JobService jobs,
            JobViews views,
            JobHistory history,
            Explanations explanations,
            JobTypes types,
            ExecutionQueries executions,
            JobStatistics statistics,
            Callbacks callbacks,
            Pings pings,
            DatabaseClock clock,
            CurrentCaller caller,
            Json json) {
        this.pages = pages;
        this.summaries = summaries;
        this.jobs = jobs;
        this.views = views;
        this.history = history;
        this.explanations = explanations;
        this.types = types;
        this.executions = executions;
        this.statistics = statistics;
        this.callbacks = callbacks;
        this.pings = pings;
        this.clock = clock;
        this.caller = caller;
        this.json = json;
    }

    @CheckedTemplate(basePath = "dashboard/jobs")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance list(PageContext page, JobsView view);

        static native TemplateInstance job(PageContext page, JobScreen view);

        static native TemplateInstance form(PageContext page, JobForm view);

        static native TemplateInstance why(PageContext page, @Nullable Why why, String wrong);
    }

    @GET
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response list(@BeanParam JobQuery query) {
        var found = summaries.page(caller.scope(), query);
        var ids = found.jobs().stream().map(JobSummary::id).toList();
        var now = clock.now();
        var runs = executions.recent(ids, now.minus(LATELY), Strip.LENGTH);
        var rows =
                found.jobs().stream()
                        .map(
                                job -> {
                                    var ofJob = runs.getOrDefault(job.id(), List.of());
                                    return new JobsView.Row(
                                            job,
                                            Strip.of(ofJob, now),
                                            ofJob.isEmpty() ? null : ofJob.getFirst());
                                })
                        .toList();
        var names = types.all().stream().map(JobType::type).toList();
        return Pages.answer(
                Templates.list(
                        pages.context(SECTION), new JobsView(query, rows, found.total(), names)));
    }

    @GET
    @Path("{id}")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response job(
            @PathParam("id") UUID id,
            @QueryParam("state") @Nullable String state,
            @QueryParam("cursor") @Nullable String cursor) {
        var job = found(id);
        var view = views.of(job);
        var now = clock.now();
        var upcoming = summaries.upcoming(job, now, UPCOMING);
        var last = executions.pageOfJob(of(id, null, null), Strip.LENGTH);
        var listed =
                executions.pageOfJob(
                        of(
                                id,
                                Parameters.oneOf("state", state, ExecutionState.class),
                                Parameters.instant("cursor", cursor)),
                        EXECUTIONS + 1);
        boolean hasMore = listed.size() > EXECUTIONS;
        var shown = hasMore ? listed.subList(0, EXECUTIONS) : listed;
        var instants =
                view.nextFireAt() == null
                        ? List.<Instant>of()
                        : upcoming.next().stream().map(Upcoming.Planned::at).toList();
        var runs = executions.recent(List.of(id), now.minus(LATELY), Strip.LENGTH);
        var page = pages.context(SECTION);
        return Pages.answer(
                Templates.job(
                        page,
                        new JobScreen(
                                view,
                                writable(view),
                                upcoming,
                                zoneOf(view).getId(),
                                statistics.of(id, now.minus(OF_STATISTICS), null),
                                Strip.of(runs.get(id), now),
                                Timeline.of(last, instants, now),
                                ExecutionTable.ofJob(shown, now),
                                hasMore ? shown.getLast().scheduledAt().toString() : null,
                                history.page(caller.scope(), id, 1, REVISIONS),
                                page.mayEdit(view.namespace()) ? heartbeatOf(id) : null)));
    }

    /** Returns null for a job of another type, and where this service does not know its address. */
    private JobScreen.@Nullable Heartbeat heartbeatOf(UUID id) {
        return callbacks
                .ofHeartbeat(id)
                .flatMap(
                        url ->
                                pings.about(id)
                                        .map(
                                                about ->
                                                        new JobScreen.Heartbeat(
                                                                url,
                                                                about.lastAt(),
                                                                about.failure())))
                .orElse(null);
    }

    private Job found(UUID id) {
        return jobs.find(caller.scope(), id)
                .orElseThrow(() -> ProblemException.notFound("job", id));
    }

    private static ExecutionQueries.OfJob of(
            UUID id, @Nullable ExecutionState state, @Nullable Instant before) {
        return new ExecutionQueries.OfJob(id, state, null, null, before);
    }

    /** Returns the job as a client would write it, without the fields that are only read. */
    private ObjectNode writable(JobView view) {
        var tree = (ObjectNode) json.tree(view);
        var names = new ArrayList<String>();
        tree.fieldNames().forEachRemaining(names::add);
        names.removeIf(name -> json.hasField(JobDefinition.class, name));
        return tree.remove(names);
    }

    private static ZoneId zoneOf(JobView view) {
        var schedule = view.schedule();
        String zone = schedule == null ? null : schedule.timeZone();
        return ZoneId.of(zone == null ? "UTC" : zone.strip());
    }

    /**
     * Explains an instant.
     *
     * @param at an instant, or a local time in the zone of the job
     */
    @GET
    @Path("{id}/why")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response why(@PathParam("id") UUID id, @QueryParam("at") @Nullable String at) {
        var page = pages.context(SECTION);
        String text = at == null ? "" : at.strip();
        try {
            var zone = zoneOf(views.of(found(id)));
            var instant =
                    text.endsWith("Z")
                            ? Instant.parse(text)
                            : LocalDateTime.parse(text).atZone(zone).toInstant();
            return Pages.answer(
                    Templates.why(page, explanations.explain(caller.scope(), id, instant), ""));
        } catch (DateTimeException unreadable) {
            return Pages.answer(Templates.why(page, null, "Pick a day and a time first."));
        }
    }

    @GET
    @Path("new")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response create(@QueryParam("type") @Nullable String asked) {
        var type = typeOf(asked == null ? "http" : asked);
        var job = JsonNodeFactory.instance.objectNode();
        job.put("name", "").put("type", type.type()).put("schedule", "0 9 * * *");
        job.set("config", type.example());
        return form(null, "New job", type, job);
    }

    @GET
    @Path("{id}/edit")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response edit(@PathParam("id") UUID id) {
        var view = views.of(found(id));
        return form(view, "Edit " + view.name(), typeOf(view.type()), writable(view));
    }

    private Response form(@Nullable JobView view, String title, JobType type, ObjectNode job) {
        return Pages.answer(
                Templates.form(
                        pages.context(SECTION),
                        new JobForm(
                                view == null ? null : view.id().toString(),
                                view == null ? null : Long.toString(view.version()),
                                title,
                                types.all().stream().map(JobType::type).toList(),
                                type.type(),
                                type.summary(),
                                ConfigField.of(type.schema()),
                                job)));
    }

    private JobType typeOf(String name) {
        return types.all().stream()
                .filter(type -> type.type().equals(name))
                .findFirst()
                .orElseThrow(() -> ProblemException.notFound("job type", name));
    }
}
