package io.carillon.tenancy;

import io.carillon.http.EntityTags;
import io.carillon.http.ReadOnlyFieldsOf;
import io.carillon.problem.Names;
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
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/namespaces}. */
@Path("/api/v1/namespaces")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Namespaces")
@RegisterForReflection
class NamespaceResource {

    private final NamespaceStore store;
    private final NamespaceQuotas quotas;
    private final CurrentCaller caller;

    NamespaceResource(NamespaceStore store, NamespaceQuotas quotas, CurrentCaller caller) {
        this.store = store;
        this.quotas = quotas;
        this.caller = caller;
    }

    @GET
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "listNamespaces",
            summary = "List the namespaces that have been declared and that you administer")
    @APIResponse(
            responseCode = "200",
            description = "All declared namespaces",
            content = @Content(schema = @Schema(implementation = NamespaceView.Listing.class)))
    public NamespaceView.Listing list() {
        return new NamespaceView.Listing(
                store.all().stream()
                        .filter(each -> caller.scope().permits(each.name()))
                        .map(NamespaceView::of)
                        .toList());
    }

    @GET
    @Path("/{name}")
    @Needs(Role.ADMIN)
    @Operation(operationId = "getNamespace", summary = "Get a namespace and its quotas")
    @APIResponse(
            responseCode = "200",
            description = "The namespace; ETag is its version",
            content = @Content(schema = @Schema(implementation = NamespaceView.class)))
    public Response get(@PathParam("name") String name) {
        var absent = ProblemException.notFound("namespace", name);
        if (!Names.isValid(name)) {
            throw absent;
        }
        caller.scope().check(name, absent);
        return answer(store.find(name).orElseThrow(() -> absent));
    }

    @PUT
    @Path("/{name}")
    @Needs(value = Role.ADMIN, everywhere = true)
    @Operation(
            operationId = "declareNamespace",
            summary =
                    "Declare a namespace and its quotas; If-Match guards against lost updates. Its contents stay")
    @APIResponse(
            responseCode = "200",
            description = "The changed namespace",
            content = @Content(schema = @Schema(implementation = NamespaceView.class)))
    @APIResponse(
            responseCode = "201",
            description = "Declared for the first time",
            content = @Content(schema = @Schema(implementation = NamespaceView.class)))
    @APIResponse(
            responseCode = "412",
            description = "The namespace has another version than If-Match")
    public Response declare(
            @PathParam("name") String name,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = "expected a JSON object")
                    @Valid
                    @ReadOnlyFieldsOf(NamespaceView.class)
                    Quotas wanted) {
        Names.require("name", name);
        var declared = store.declare(name, wanted, EntityTags.version(ifMatch));
        quotas.read();
        if (!declared.isNew()) {
            return answer(declared.namespace());
        }
        return Response.created(URI.create("/api/v1/namespaces/" + name))
                .tag(EntityTags.of(declared.namespace().version()))
                .entity(NamespaceView.of(declared.namespace()))
                .build();
    }

    @DELETE
    @Path("/{name}")
    @Needs(value = Role.ADMIN, everywhere = true)
    @Operation(
            operationId = "deleteNamespace",
            summary = "Delete the quotas of a namespace; its contents stay")
    @APIResponse(responseCode = "204", description = "It no longer has quotas")
    public void delete(@PathParam("name") String name) {
        if (!Names.isValid(name) || !store.delete(name)) {
            throw ProblemException.notFound("namespace", name);
        }
        quotas.read();
    }

    private static Response answer(Namespace namespace) {
        return Response.ok(NamespaceView.of(namespace))
                .tag(EntityTags.of(namespace.version()))
                .build();
    }
}
