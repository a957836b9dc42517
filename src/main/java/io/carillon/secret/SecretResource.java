package io.carillon.secret;

import io.carillon.http.Parameters;
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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/secrets}: values that jobs may send and nobody can read back. */
@Path("/api/v1/secrets")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Secrets")
@RegisterForReflection
class SecretResource {

    private final SecretStore store;
    private final Secrets secrets;
    private final CurrentCaller caller;

    SecretResource(SecretStore store, Secrets secrets, CurrentCaller caller) {
        this.store = store;
        this.secrets = secrets;
        this.caller = caller;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "listSecrets",
            summary = "List secrets by namespace and name, without their values")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = SecretRequests.Page.class)))
    public SecretRequests.Page list(
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        return store.page(
                caller.scope(),
                Parameters.text(namespace),
                Parameters.integer("page", page, 1, 1, 1_000_000),
                Parameters.integer("limit", limit, 20, 1, 100));
    }

    @GET
    @Path("/{name}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getSecret", summary = "Get a secret, without its value")
    @APIResponse(
            responseCode = "200",
            description = "The secret",
            content = @Content(schema = @Schema(implementation = SecretRequests.View.class)))
    public SecretRequests.View get(
            @PathParam("name") String name, @QueryParam("namespace") @Nullable String namespace) {
        return store.get(caller.scope(), known(name, namespace));
    }

    @PUT
    @Path("/{name}")
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "storeSecret",
            summary = "Store a secret, replacing any previous value; its value is never returned")
    @APIResponse(
            responseCode = "200",
            description = "Replaced; the next attempt sends the new value",
            content = @Content(schema = @Schema(implementation = SecretRequests.View.class)))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = SecretRequests.View.class)))
    @APIResponse(responseCode = "409", description = "No master key is configured")
    public Response put(
            @PathParam("name") String name,
            @QueryParam("namespace") @Nullable String namespace,
            @NotNull(message = "expected a JSON object")
                    @Valid
                    @ReadOnlyFieldsOf(SecretRequests.View.class)
                    SecretRequests.Value value) {
        if (!Names.isValidOfSecret(name)) {
            throw ProblemException.invalid(
                    "name",
                    "expected up to 63 letters, digits, '-', '_' or '.', beginning and ending with"
                            + " a letter or digit");
        }
        if (value.value().getBytes(StandardCharsets.UTF_8).length > SecretRequests.MAX_BYTES) {
            throw ProblemException.invalid("value", "expected up to 64 KiB in UTF-8");
        }
        String in = caller.scope().namespace(Parameters.text(namespace));
        Names.require("namespace", in);
        var put = secrets.put(caller.scope(), new SecretName(in, name), value.value());
        var response =
                put.isNew()
                        ? Response.created(
                                URI.create("/api/v1/secrets/" + name + "?namespace=" + in))
                        : Response.ok();
        return response.entity(put.secret()).build();
    }

    @DELETE
    @Path("/{name}")
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "deleteSecret",
            summary = "Delete a secret: attempts that would send it fail")
    @APIResponse(responseCode = "204", description = "Deleted")
    public void delete(
            @PathParam("name") String name, @QueryParam("namespace") @Nullable String namespace) {
        store.delete(caller.scope(), known(name, namespace));
    }

    @POST
    @Path("/reencrypt")
    @Needs(value = Role.ADMIN, everywhere = true)
    @Operation(
            operationId = "reencryptSecrets",
            summary = "Encrypt all secrets under the master key that writes now")
    @APIResponse(
            responseCode = "200",
            description = "All secrets that could be read are now under it",
            content =
                    @Content(schema = @Schema(implementation = SecretRequests.Reencryption.class)))
    @APIResponse(responseCode = "409", description = "No master key is configured")
    public SecretRequests.Reencryption reencrypt() {
        return secrets.reencrypt(caller.scope());
    }

    /** Refuses a name that no secret can have, without asking PostgreSQL. */
    private SecretName known(String name, @Nullable String namespace) {
        String given = Parameters.text(namespace);
        var known = new SecretName(given == null ? caller.scope().defaultNamespace() : given, name);
        if (!Names.isValidOfSecret(name) || !Names.isValid(known.namespace())) {
            throw SecretStore.absent(known);
        }
        return known;
    }
}
