package io.carillon.audit.api;

import io.carillon.http.Parameters;
import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/audit}: what was changed, and by whom. */
@Path("/api/v1/audit")
@RunOnVirtualThread
@Tag(name = "Audit")
@RegisterForReflection
class AuditResource {
    private static final String JSON_LINES = "application/x-ndjson";
    private static final int PAGE_OF_EXPORT = 500;

    private final AuditQueries queries;
    private final CurrentCaller current;
    private final Json json;

    AuditResource(AuditQueries queries, CurrentCaller current, Json json) {
        this.queries = queries;
        this.current = current;
        this.json = json;
    }

    /** The filters and the page that a request asks for. */
    @RegisterForReflection
    record Query(
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("actor") @Nullable String actor,
            @QueryParam("action") @Parameter(example = "JOB_PAUSED") @Nullable String action,
            @QueryParam("jobId") @Nullable String jobId,
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to) {}

    /** A page of entries, newest first. */
    @Schema(name = "AuditPage")
    @RegisterForReflection
    record Page(
            @Schema(description = "Newest first") List<AuditQueries.Entry> items,
            @Schema(
                            description =
                                    "The value of the parameter cursor for the next page; absent on the last page",
                            examples = "4711")
                    @Nullable String nextCursor) {}

    @GET
    @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "listAudit",
            summary = "List changes of the namespaces you manage, newest first")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = Page.class)))
    public Page list(
            @BeanParam Query query,
            @QueryParam("limit") @Parameter(description = "1 to 100; default 20")
                    @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        int size = Parameters.integer("limit", limit, 20, 1, 100);
        var found = queries.page(filter(query, Parameters.cursor("cursor", cursor)), size + 1);
        boolean more = found.size() > size;
        var items = more ? found.subList(0, size) : found;
        return new Page(items, more ? Long.toString(items.getLast().id()) : null);
    }

    @GET
    @Path("/export")
    @Produces({JSON_LINES, Problem.MEDIA_TYPE})
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "exportAudit",
            summary = "Export changes of the namespaces you manage as JSON lines, newest first")
    @APIResponse(
            responseCode = "200",
            description = "All entries, one per line",
            content =
                    @Content(
                            mediaType = JSON_LINES,
                            schema = @Schema(implementation = AuditQueries.Entry.class)))
    public StreamingOutput export(@BeanParam Query query) {
        var first = filter(query, Long.MAX_VALUE);
        return output -> {
            var page = queries.page(first, PAGE_OF_EXPORT);
            while (!page.isEmpty()) {
                for (var entry : page) {
                    output.write((json.text(entry) + "\n").getBytes(StandardCharsets.UTF_8));
                }
                page = queries.page(first.before(page.getLast().id()), PAGE_OF_EXPORT);
            }
        };
    }

    private AuditQueries.Filter filter(Query query, long before) {
        return new AuditQueries.Filter(
                before,
                current.scope().listed(Parameters.text(query.namespace)).orElse(null),
                Parameters.text(query.actor),
                Parameters.text(query.action),
                Parameters.uuid("jobId", query.jobId),
                Parameters.instant("from", query.from),
                Parameters.instant("to", query.to));
    }
}
