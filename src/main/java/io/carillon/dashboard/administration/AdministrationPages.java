package io.carillon.dashboard.administration;

import io.carillon.alert.RuleStore;
import io.carillon.alert.RuleView;
import io.carillon.audit.api.AuditQueries;
import io.carillon.calendar.CalendarService;
import io.carillon.calendar.CalendarView;
import io.carillon.calendar.CalendarYear;
import io.carillon.dashboard.PageContext;
import io.carillon.dashboard.Pages;
import io.carillon.database.DatabaseClock;
import io.carillon.http.Parameters;
import io.carillon.job.JobSummaries;
import io.carillon.secret.SecretRequests;
import io.carillon.secret.SecretStore;
import io.carillon.security.ApiKey;
import io.carillon.security.ApiKeyStore;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Page;
import io.carillon.security.Role;
import io.carillon.tenancy.Namespace;
import io.carillon.tenancy.NamespaceStore;
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
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /calendars} and each of them, {@code /rules}, {@code /secrets}, {@code /keys},
 * {@code /namespaces}, {@code /audit} and {@code /import}.
 */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class AdministrationPages {
    private static final int SIZE = 100;
    private static final int ENTRIES = 50;

    /** Those that people look for most. */
    private static final List<String> ACTIONS =
            List.of(
                    "JOB_CREATED",
                    "JOB_CHANGED",
                    "JOB_PAUSED",
                    "JOB_RESUMED",
                    "JOB_DELETED",
                    "JOB_TRIGGERED",
                    "QUEUE_PAUSED",
                    "EXECUTION_CANCELLED",
                    "EXECUTIONS_REPLAYED",
                    "EXECUTIONS_DISMISSED",
                    "KEY_REVOKED");

    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 9998;

    private final Pages pages;
    private final CalendarService calendars;
    private final RuleStore rules;
    private final SecretStore secrets;
    private final ApiKeyStore keys;
    private final NamespaceStore namespaces;
    private final AuditQueries audit;
    private final JobSummaries jobs;
    private final DatabaseClock clock;
    private final CurrentCaller caller;

    AdministrationPages(
            Pages pages,
            CalendarService calendars,
            RuleStore rules,
            SecretStore secrets,
            ApiKeyStore keys,
            NamespaceStore namespaces,
            AuditQueries audit,
            JobSummaries jobs,
            DatabaseClock clock,
            CurrentCaller caller) {
        this.pages = pages;
        this.calendars = calendars;
        this.rules = rules;
        this.secrets = secrets;
        this.keys = keys;
        this.namespaces = namespaces;
        this.audit = audit;
        this.jobs = jobs;
        this.clock = clock;
        this.caller = caller;
    }

    @CheckedTemplate(basePath = "dashboard/administration")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance calendars(PageContext page, CalendarView.Page calendars);

        static native TemplateInstance calendar(PageContext page, YearScreen view);

        static native TemplateInstance rules(PageContext page, RuleView.Page rules);

        static native TemplateInstance secrets(PageContext page, SecretRequests.Page secrets);

        static native TemplateInstance keys(PageContext page, List<ApiKey> keys);

        static native TemplateInstance namespaces(PageContext page, List<Namespace> namespaces);

        static native TemplateInstance audit(
                PageContext page,
                List<AuditQueries.Entry> entries,
                @Nullable String earlier,
                Map<UUID, String> names,
                List<String> actions);

        static native TemplateInstance imports(PageContext page);
    }

    @GET
    @Path("calendars")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response calendars() {
        var visible = caller.scope().listed(null).orElse(null);
        return Pages.answer(
                Templates.calendars(pages.context("calendars"), calendars.page(visible, 1, SIZE)));
    }

    @GET
    @Path("calendars/{name}")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response calendar(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("year") @Nullable String year) {
        String asked = caller.scope().namespace(Parameters.text(namespace));
        var calendar =
                calendars
                        .find(asked, name)
                        .orElseThrow(() -> CalendarService.notFound(asked, name));
        var zone = calendar.timeZone();
        var today =
                LocalDate.ofInstant(clock.now(), zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
        int shown = Parameters.integer("year", year, today.getYear(), FIRST_YEAR, LAST_YEAR);
        var found = jobs.held(asked, name, SIZE + 1);
        boolean isCut = found.size() > SIZE;
        return Pages.answer(
                Templates.calendar(
                        pages.context("calendars"),
                        YearScreen.of(
                                calendar,
                                CalendarYear.of(calendar, shown),
                                today,
                                isCut ? found.subList(0, SIZE) : found,
                                isCut)));
    }

    @GET
    @Path("rules")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response rules() {
        return Pages.answer(
                Templates.rules(pages.context("rules"), rules.page(caller.scope(), null, 1, SIZE)));
    }

    @GET
    @Path("secrets")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response secrets() {
        return Pages.answer(
                Templates.secrets(
                        pages.context("secrets"), secrets.page(caller.scope(), null, 1, SIZE)));
    }

    @GET
    @Path("keys")
    @Needs(Role.ADMIN)
    @Page
    @Operation(hidden = true)
    public Response keys() {
        var scope = caller.scope();
        var managed =
                keys.all().stream()
                        .filter(
                                key ->
                                        scope.isEverywhere()
                                                || key.grant().namespaces().stream()
                                                        .allMatch(scope::permits))
                        .toList();
        return Pages.answer(Templates.keys(pages.context("keys"), managed));
    }

    @GET
    @Path("namespaces")
    @Needs(Role.ADMIN)
    @Page
    @Operation(hidden = true)
    public Response namespaces() {
        var managed =
                namespaces.all().stream()
                        .filter(each -> caller.scope().permits(each.name()))
                        .toList();
        return Pages.answer(Templates.namespaces(pages.context("namespaces"), managed));
    }

    @GET
    @Path("audit")
    @Needs(Role.ADMIN)
    @Page
    @Operation(hidden = true)
    public Response audit(
            @QueryParam("actor") @Nullable String actor,
            @QueryParam("action") @Nullable String action,
            @QueryParam("jobId") @Nullable String jobId,
            @QueryParam("cursor") @Nullable String cursor) {
        var filter =
                new AuditQueries.Filter(
                        Parameters.cursor("cursor", cursor),
                        caller.scope().listed(null).orElse(null),
                        Parameters.text(actor),
                        Parameters.text(action),
                        Parameters.uuid("jobId", jobId),
                        null,
                        null);
        var found = audit.page(filter, ENTRIES + 1);
        boolean hasMore = found.size() > ENTRIES;
        var shown = hasMore ? found.subList(0, ENTRIES) : found;
        var ids = new HashSet<UUID>();
        for (var entry : shown) {
            if (entry.jobId() != null) {
                ids.add(entry.jobId());
            }
        }
        return Pages.answer(
                Templates.audit(
                        pages.context("audit"),
                        shown,
                        hasMore ? Long.toString(shown.getLast().id()) : null,
                        jobs.names(caller.scope(), ids),
                        ACTIONS));
    }

    @GET
    @Path("import")
    @Needs(Role.VIEWER)
    @Page
    @Operation(hidden = true)
    public Response imports() {
        return Pages.answer(Templates.imports(pages.context("jobs")));
    }
}
