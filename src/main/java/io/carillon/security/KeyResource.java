package io.carillon.security;

import io.carillon.database.DatabaseClock;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /api/v1/keys}. A caller who manages all namespaces of a key may see and change it.
 */
@Path("/api/v1/keys")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Keys")
@RegisterForReflection
class KeyResource {
    private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);
    private static final Duration MAX_LIFE = Duration.ofDays(36_500);

    private final ApiKeyStore store;
    private final KeyRing keys;
    private final Authentication authentication;
    private final CurrentCaller current;
    private final DatabaseClock clock;

    KeyResource(
            ApiKeyStore store,
            KeyRing keys,
            Authentication authentication,
            CurrentCaller current,
            DatabaseClock clock) {
        this.store = store;
        this.keys = keys;
        this.authentication = authentication;
        this.current = current;
        this.clock = clock;
    }

    @GET
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "listKeys",
            summary = "List the keys of the namespaces you manage, including invalid ones")
    @APIResponse(
            responseCode = "200",
            description = "All keys",
            content = @Content(schema = @Schema(implementation = KeyRequests.Listing.class)))
    public KeyRequests.Listing list() {
        var managed = managed();
        return new KeyRequests.Listing(
                store.all().stream()
                        .filter(key -> key.isWithin(managed))
                        .map(key -> KeyRequests.View.of(key, null))
                        .toList());
    }

    @GET
    @Path("/{id}")
    @Needs(Role.ADMIN)
    @Operation(operationId = "getKey", summary = "Get a key, without its text")
    @APIResponse(
            responseCode = "200",
            description = "The key",
            content = @Content(schema = @Schema(implementation = KeyRequests.View.class)))
    public KeyRequests.View get(@PathParam("id") String id) {
        return KeyRequests.View.of(find(id), null);
    }

    @POST
    @Needs(Role.ADMIN)
    @Operation(operationId = "createKey", summary = "Make a key; only this answer shows its text")
    @APIResponse(
            responseCode = "201",
            description = "Made; valid on every replica within a second",
            content = @Content(schema = @Schema(implementation = KeyRequests.View.class)))
    public Response create(
            @NotNull(message = "expected a JSON object") @Valid KeyRequests.NewKey request) {
        var draft =
                new ApiKeyStore.Draft(request.name(), grant(request), expiry(request.expiresIn()));
        var made = KeyText.make();
        return created(store.add(made, draft, current.name()), made);
    }

    @POST
    @Path("/{id}/rotate")
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "rotateKey",
            summary = "Make a key that replaces another, which stays valid for a while")
    @APIResponse(
            responseCode = "201",
            description = "The new key; only this answer shows its text",
            content = @Content(schema = @Schema(implementation = KeyRequests.View.class)))
    @APIResponse(responseCode = "409", description = "The key is no longer valid")
    public Response rotate(
            @PathParam("id") String id, @Valid KeyRequests.@Nullable Rotation rotation) {
        var former = find(id);
        if (!former.isValid(clock.now())) {
            throw new ProblemException(ProblemKind.CONFLICT, "The key is no longer valid.");
        }
        var overlap =
                rotation == null || rotation.overlap() == null
                        ? DEFAULT_OVERLAP
                        : rotation.overlap();
        var until = after("overlap", overlap);
        var draft =
                new ApiKeyStore.Draft(
                        former.name(),
                        former.grant(),
                        rotation == null ? null : expiry(rotation.expiresIn()));
        var made = KeyText.make();
        return created(store.replace(id, until, made, draft, current.name()), made);
    }

    @DELETE
    @Path("/{id}")
    @Needs(Role.ADMIN)
    @Operation(
            operationId = "revokeKey",
            summary = "Revoke a key: it is invalid on every replica within a second")
    @APIResponse(responseCode = "204", description = "Revoked, now or before")
    @APIResponse(
            responseCode = "409",
            description = "It is the last key that may do everything, and none is configured")
    public void revoke(@PathParam("id") String id) {
        var key = find(id);
        if (isLastWayIn(key)) {
            throw new ProblemException(
                    ProblemKind.CONFLICT,
                    "It is the last key that may do everything: make another first.");
        }
        store.revoke(key);
        keys.follow();
    }

    private boolean isLastWayIn(ApiKey key) {
        var now = clock.now();
        return !authentication.hasConfiguredKey()
                && key.isValid(now)
                && key.isAdminOfAll()
                && store.all().stream()
                        .noneMatch(
                                other ->
                                        !other.id().equals(key.id())
                                                && other.isValid(now)
                                                && other.isAdminOfAll());
    }

    private Response created(ApiKey key, KeyText.Made made) {
        keys.follow();
        return Response.created(URI.create("/api/v1/keys/" + key.id()))
                .entity(KeyRequests.View.of(key, made.text()))
                .header("Cache-Control", "no-store")
                .build();
    }

    private ApiKey find(String id) {
        var managed = managed();
        return store.find(id)
                .filter(key -> key.isWithin(managed))
                .orElseThrow(() -> ProblemException.notFound("key", id));
    }

    private Set<String> managed() {
        return current.caller().namespaces(Role.ADMIN);
    }

    private Grant grant(KeyRequests.NewKey request) {
        var asked = request.namespaces();
        if (request.role() == Role.METRICS) {
            asked = Set.of(Grant.EVERYWHERE);
        }
        var scope = current.scope();
        if (asked == null) {
            asked = Set.of(scope.namespace(null));
        }
        asked.forEach(scope::namespace);
        return new Grant(request.role(), asked);
    }

    private @Nullable Instant expiry(@Nullable Duration life) {
        return life == null ? null : after("expiresIn", life);
    }

    private Instant after(String field, Duration time) {
        if (time.isNegative() || time.compareTo(MAX_LIFE) > 0) {
            throw ProblemException.invalid(field, "expected a time of up to 100 years");
        }
        return clock.now().plus(time);
    }
}
