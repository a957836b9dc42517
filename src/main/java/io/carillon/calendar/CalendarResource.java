package io.carillon.calendar;

import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.http.ReadOnlyFieldsOf;
import io.carillon.problem.Names;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.schedule.TimeZones;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/calendars}. */
@Path("/api/v1/calendars")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Calendars")
@RegisterForReflection
class CalendarResource {

    private static final String EVENTS =
            """
            BEGIN:VCALENDAR
            VERSION:2.0
            BEGIN:VEVENT
            SUMMARY:Christmas
            DTSTART;VALUE=DATE:20261225
            DTEND;VALUE=DATE:20261227
            RRULE:FREQ=YEARLY
            END:VEVENT
            END:VCALENDAR
            """;

    private final CalendarService calendars;

    private final CurrentCaller caller;

    CalendarResource(CalendarService calendars, CurrentCaller caller) {
        this.caller = caller;
        this.calendars = calendars;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(operationId = "listCalendars", summary = "List calendars by namespace and name")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = CalendarView.Page.class)))
    public CalendarView.Page list(
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        return calendars.page(
                caller.scope().listed(Parameters.text(namespace)).orElse(null),
                Parameters.integer("page", page, 1, 1, 1_000_000),
                Parameters.integer("limit", limit, 20, 1, 100));
    }

    @GET
    @Path("/{name}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getCalendar", summary = "Get a calendar")
    @APIResponse(
            responseCode = "200",
            description = "The calendar; ETag is its version",
            content = @Content(schema = @Schema(implementation = CalendarView.class)))
    @APIResponse(responseCode = "404", description = "There is no calendar of this name")
    public Response get(
            @PathParam("name") String name, @QueryParam("namespace") @Nullable String namespace) {
        String in = namespaceOf(name, namespace);
        var calendar =
                calendars.find(in, name).orElseThrow(() -> CalendarService.notFound(in, name));
        return answer(Response.ok(), calendar);
    }

    @PUT
    @Path("/{name}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "declareCalendar",
            summary =
                    "Declare a calendar: create it or change it, and with it the next instants of all"
                            + " jobs that use it")
    @APIResponse(
            responseCode = "200",
            description = "The calendar; if nothing differed, it has no new version",
            content = @Content(schema = @Schema(implementation = CalendarView.class)))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = CalendarView.class)))
    @APIResponse(responseCode = "409", description = "Other changes of its jobs kept interfering")
    @APIResponse(
            responseCode = "412",
            description = "The calendar has another version than If-Match")
    @APIResponse(responseCode = "422", description = "A job would never fire again")
    public Response declare(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = "expected a JSON object")
                    @Valid
                    @ReadOnlyFieldsOf(CalendarView.class)
                    CalendarDefinition definition) {
        return declared(
                caller.scope().namespace(Parameters.text(namespace)), name, definition, ifMatch);
    }

    @POST
    @Path("/{name}/import")
    @Needs(Role.EDITOR)
    @Consumes("text/calendar")
    @Operation(
            operationId = "importCalendar",
            summary =
                    "Declare a calendar from iCalendar events, by date or time, once or every year;"
                            + " anything not understood is refused, with its line")
    @APIResponse(
            responseCode = "200",
            description = "The changed calendar",
            content = @Content(schema = @Schema(implementation = CalendarView.class)))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = CalendarView.class)))
    @APIResponse(responseCode = "409", description = "Other changes of its jobs kept interfering")
    @APIResponse(
            responseCode = "412",
            description = "The calendar has another version than If-Match")
    @APIResponse(responseCode = "422", description = "A job would never fire again")
    public Response importEvents(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("timeZone") @Nullable String timeZone,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @Context HttpHeaders headers,
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "text/calendar",
                                            schema =
                                                    @Schema(
                                                            implementation = String.class,
                                                            examples = EVENTS)))
                    byte @Nullable [] events) {
        requireUtf8(headers.getMediaType());
        String zone = Parameters.text(timeZone);
        // A problem with a parameter is not a problem of a line.
        new CalendarDefinition(null, zone, List.of()).compile(name);
        var read = ICalendarReader.read(events == null ? new byte[0] : events, zone);
        var definition = new CalendarDefinition(null, read.timeZone(), read.entries());
        return declared(
                caller.scope().namespace(Parameters.text(namespace)), name, definition, ifMatch);
    }

    @DELETE
    @Path("/{name}")
    @Needs(Role.EDITOR)
    @Operation(operationId = "deleteCalendar", summary = "Delete a calendar that no job uses")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "There is no calendar of this name")
    @APIResponse(responseCode = "409", description = "Jobs use it; detail names them")
    @APIResponse(
            responseCode = "412",
            description = "The calendar has another version than If-Match")
    public void delete(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        calendars.delete(namespaceOf(name, namespace), name, EntityTags.version(ifMatch));
    }

    private Response declared(
            String namespace,
            String name,
            CalendarDefinition definition,
            @Nullable String ifMatch) {
        Names.require("name", name);
        Names.require("namespace", namespace);
        String ambiguity = TimeZones.ambiguity(definition.timeZone());
        if (ambiguity != null) {
            throw ProblemException.invalid("timeZone", ambiguity);
        }
        var declared = calendars.declare(namespace, name, definition, EntityTags.version(ifMatch));
        return answer(
                declared.isNew()
                        ? Response.created(
                                URI.create("/api/v1/calendars/" + name + "?namespace=" + namespace))
                        : Response.ok(),
                declared.calendar());
    }

    private static void requireUtf8(MediaType contentType) {
        String charset = contentType.getParameters().getOrDefault("charset", "utf-8");
        if (!charset.equalsIgnoreCase("utf-8") && !charset.equalsIgnoreCase("us-ascii")) {
            throw ProblemException.invalid("body", "expected UTF-8, as iCalendar files are");
        }
    }

    private static Response answer(Response.ResponseBuilder response, CalendarView calendar) {
        return response.tag(EntityTags.of(calendar.version())).entity(calendar).build();
    }

    /**
     * Returns the namespace of a calendar that the caller may act on; 404, as for a missing
     * calendar, if the caller may not see it.
     */
    private String namespaceOf(String name, @Nullable String asked) {
        String given = Parameters.text(asked);
        String namespace = given == null ? caller.scope().defaultNamespace() : given;
        caller.scope().check(namespace, CalendarService.notFound(namespace, name));
        return namespace;
    }
}
