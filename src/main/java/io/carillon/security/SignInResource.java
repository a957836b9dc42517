package io.carillon.security;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /login} and {@code /logout}: stores the key of a person who looks at pages in a
 * cookie that no script can read and no other site's page can send.
 */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class SignInResource {
    /** A path, and perhaps a query. A browser takes two slashes, or a backslash, for a host. */
    private static final Pattern OURS = Pattern.compile("/(?![/\\\\])[\\w/?&=%.,:+~-]*");

    private final Authentication authentication;
    private final RateLimits limits;

    SignInResource(Authentication authentication, RateLimits limits) {
        this.authentication = authentication;
        this.limits = limits;
    }

    @CheckedTemplate(basePath = "security")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance signIn(
                String nonce, String action, String to, boolean isWrong);
    }

    @GET
    @Path("login")
    @OpenToAll
    @Operation(hidden = true)
    public Response form(@QueryParam("to") @Nullable String to, @Context UriInfo uri) {
        return form(Response.Status.OK, to, uri);
    }

    @POST
    @Path("login")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @OpenToAll
    @Operation(hidden = true)
    public Response signIn(
            @FormParam("key") @Nullable String key,
            @FormParam("to") @Nullable String to,
            @Context UriInfo uri,
            @Context HttpServerRequest request) {
        String given = key == null ? "" : key.strip();
        if (authentication.find(given).isPresent()) {
            return goTo(to, cookie(given, NewCookie.DEFAULT_MAX_AGE, uri), uri);
        }
        var from = request.remoteAddress();
        limits.countRefused(from == null ? null : from.hostAddress());
        return form(Response.Status.UNAUTHORIZED, to, uri);
    }

    @POST
    @Path("logout")
    @Consumes(MediaType.WILDCARD)
    @OpenToAll
    @Operation(hidden = true)
    public Response signOut(@Context UriInfo uri) {
        return goTo(null, cookie("", 0, uri), uri);
    }

    /** Returns the address of the form, which leads back to the page that was asked for. */
    static URI address(UriInfo asked) {
        var here = asked.getRequestUri();
        String path =
                here.getRawPath() + (here.getRawQuery() == null ? "" : "?" + here.getRawQuery());
        var form = asked.getBaseUriBuilder().path("login");
        return path.equals(asked.getBaseUri().getRawPath())
                ? form.build()
                : form.queryParam("to", "{to}").build(path);
    }

    /** Goes to a page of ours, never to another site; to the first page if it is none. */
    private static Response goTo(@Nullable String to, NewCookie cookie, UriInfo uri) {
        boolean isOurs = to != null && OURS.matcher(to).matches();
        return Response.seeOther(isOurs ? URI.create(to) : uri.getBaseUri()).cookie(cookie).build();
    }

    private static NewCookie cookie(String value, int maxAge, UriInfo uri) {
        return new NewCookie.Builder(Authentication.COOKIE)
                .value(value)
                .path("/")
                .maxAge(maxAge)
                .httpOnly(true)
                .secure("https".equals(uri.getRequestUri().getScheme()))
                .sameSite(NewCookie.SameSite.STRICT)
                .build();
    }

    private static Response form(Response.Status status, @Nullable String to, UriInfo uri) {
        String nonce = UUID.randomUUID().toString();
        boolean isWrong = status != Response.Status.OK;
        return Response.status(status)
                .entity(
                        Templates.signIn(
                                nonce,
                                uri.getBaseUriBuilder().path("login").build().getPath(),
                                to == null ? "" : to,
                                isWrong))
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'nonce-"
                                + nonce
                                + "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store")
                .build();
    }
}
