package io.carillon.event.api;

import io.carillon.event.EventConfig;
import io.carillon.event.EventFilter;
import io.carillon.event.EventLog;
import io.carillon.event.EventQueries;
import io.carillon.event.EventView;
import io.carillon.event.Position;
import io.carillon.http.Parameters;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/events}: what happened, as pages or as a stream. */
@Path("/api/v1/events")
@RunOnVirtualThread
@Tag(name = "Events")
@RegisterForReflection
class EventResource {
    private static final Pattern KIND = Pattern.compile("[a-z_]+(\\.[a-z_]+)?");

    private static final int ROWS = 50;

    /** So that a page of few matches among very many events is answered soon, if not full. */
    private static final int MAX_READS = 20;

    private final EventQueries queries;
    private final EventFeed feed;
    private final EventLog log;
    private final EventConfig config;
    private final CurrentCaller current;
    private final CurrentVertxRequest http;

    EventResource(
            EventQueries queries,
            EventFeed feed,
            EventLog log,
            EventConfig config,
            CurrentCaller current,
            CurrentVertxRequest http) {
        this.http = http;
        this.queries = queries;
        this.feed = feed;
        this.log = log;
        this.config = config;
        this.current = current;
    }

    /** The filters that a request asks for. */
    record Query(
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("jobId") @Nullable String jobId,
            @QueryParam("executionId") @Nullable String executionId,
            @QueryParam("kind")
                    @Parameter(
                            description =
                                    "A kind, or a subject such as execution; several: any of them",
                            example = "[\"execution.failed\"]")
                    @Nullable List<String> kinds) {}

    /** A page of events, oldest first. */
    @Schema(name = "EventPage")
    @RegisterForReflection
    record Page(
            @Schema(description = "Oldest first") List<EventView> items,
            @Schema(
                            description =
                                    "The value of the parameter after for what comes next; also if there is nothing yet",
                            examples = "4711-3")
                    String next,
            @Schema(
                            description =
                                    "Whether more can be read at once; a page may have more even if it is not full, or empty")
                    boolean more,
            @Schema(description = "Whether events before these are no longer kept") boolean gap) {}

    @GET
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS, Problem.MEDIA_TYPE})
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "readEvents",
            summary = "List what happened, oldest first, or follow it as it happens",
            description =
                    "With Accept: text/event-stream the answer is a stream of server-sent events that goes on until the client leaves; each has its id, and Last-Event-ID goes on after one.")
    @APIResponse(
            responseCode = "200",
            description = "A page, or a stream of events",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = Page.class)),
                @Content(
                        mediaType = MediaType.SERVER_SENT_EVENTS,
                        schema = @Schema(implementation = EventView.class))
            })
    @APIResponse(
            responseCode = "404",
            description = "A stream was asked for where no events are written",
            content =
                    @Content(
                            mediaType = Problem.MEDIA_TYPE,
                            schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "429",
            description = "As many clients follow events on this replica as may do so")
    public Response read(
            @BeanParam Query query,
            @QueryParam("after")
                    @Parameter(
                            description =
                                    "The id of an event, first or now; default first, for a stream now",
                            example = "4711-3")
                    @Nullable String after,
            @QueryParam("limit") @Parameter(description = "Of a page: 1 to 1000; default 100")
                    @Nullable String limit,
            @HeaderParam("Last-Event-ID")
                    @Parameter(description = "Of a stream, in place of after; sent by browsers")
                    @Nullable String lastEventId,
            @QueryParam("brief")
                    @Parameter(
                            description =
                                    "Of a stream: true sends only how many events there are, in messages without a name",
                            example = "true")
                    @Nullable String brief,
            @HeaderParam(HttpHeaders.ACCEPT) @Parameter(hidden = true) @Nullable String accept) {
        var filter = filter(query);
        int size = Parameters.integer("limit", limit, 100, 1, 1000);
        boolean isBrief = Boolean.TRUE.equals(Parameters.bool("brief", brief));
        boolean isStream = accept != null && accept.contains(MediaType.SERVER_SENT_EVENTS);
        if (!isStream) {
            return Response.ok(page(filter, place("after", after, "first"), size))
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .build();
        }
        if (!log.isOn(Parameters.text(query.namespace))) {
            throw new ProblemException(
                    ProblemKind.NOT_FOUND,
                    "No events are written here (carillon.events.enabled, carillon.events.excluded-namespaces).");
        }
        String asked = Parameters.text(lastEventId);
        return stream(
                filter,
                isBrief,
                asked == null
                        ? place("after", after, "now")
                        : place("Last-Event-ID", asked, "now"));
    }

    private Response stream(EventFilter filter, boolean isBrief, Position after) {
        var mayRead = current.validity();
        var answer = http.getCurrent().response();
        BooleanSupplier isConnected = () -> !answer.closed() && !answer.ended();
        var reader =
                feed.join(config.maxReaders(), isConnected)
                        .orElseThrow(
                                () ->
                                        new ProblemException(
                                                ProblemKind.RATE_LIMITED,
                                                "%,d clients follow events here already (carillon.events.max-readers), or this replica is about to stop."
                                                        .formatted(config.maxReaders())));
        return Response.ok(
                        new EventStream(
                                feed,
                                reader,
                                filter,
                                isBrief,
                                after,
                                () -> isConnected.getAsBoolean() && mayRead.getAsBoolean()))
                .type(MediaType.SERVER_SENT_EVENTS_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    private Page page(EventFilter filter, Position after, int limit) {
        boolean isGap = queries.isMissing(after);
        var items = new ArrayList<EventView>();
        var end = after;
        for (int reads = 0; reads < MAX_READS; reads++) {
            var read = queries.after(end, filter.namespaces(), ROWS);
            for (var event : read.events()) {
                if (filter.passes(event.view())) {
                    items.add(event.view());
                    if (items.size() == limit) {
                        return new Page(items, event.position().toString(), true, isGap);
                    }
                }
            }
            end = read.end();
            if (read.isLast()) {
                return new Page(items, end.toString(), false, isGap);
            }
        }
        return new Page(items, end.toString(), true, isGap);
    }

    private Position place(String name, @Nullable String asked, String otherwise) {
        String place = Objects.requireNonNullElse(Parameters.text(asked), otherwise);
        return switch (place) {
            case "first" -> Position.FIRST;
            case "now" -> queries.now();
            default -> Position.of(name, place);
        };
    }

    private EventFilter filter(Query query) {
        var kinds = query.kinds == null ? List.<String>of() : query.kinds;
        for (var kind : kinds) {
            if (!KIND.matcher(kind).matches()) {
                throw ProblemException.invalid(
                        "kind", "expected a kind such as execution.failed, or a subject");
            }
        }
        return new EventFilter(
                current.scope().listed(Parameters.text(query.namespace)).orElse(null),
                Parameters.uuid("jobId", query.jobId),
                Parameters.uuid("executionId", query.executionId),
                Set.copyOf(kinds));
    }
}
