package io.carillon.security.signin;

import io.carillon.security.Authentication;
import io.carillon.security.OpenToAll;
import io.carillon.security.RateLimits;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
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
    /** Sent by browsers: which site's page has made the request. */
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private final Authentication authentication;
    private final SignInAnswers answers;
    private final RateLimits limits;

    SignInResource(Authentication authentication, SignInAnswers answers, RateLimits limits) {
        this.authentication = authentication;
        this.answers = answers;
        this.limits = limits;
    }

    @GET
    @Path("login")
    @OpenToAll
    @Operation(hidden = true)
    public Response form(@QueryParam("to") @Nullable String to, @Context UriInfo uri) {
        return answers.form(Response.Status.OK, to, null, uri);
    }

    @POST
    @Path("login")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @OpenToAll
    @Operation(hidden = true)
    public Response signIn(
            @FormParam("key") @Nullable String key,
            @FormParam("to") @Nullable String to,
            @HeaderParam(FETCH_SITE) @Nullable String site,
            @Context UriInfo uri,
            @Context HttpServerRequest request) {
        if (isOfAnotherSite(site)) {
            return answers.form(
                    Response.Status.FORBIDDEN,
                    null,
                    "A page of another site has sent this form. Sign in here.",
                    uri);
        }
        String given = key == null ? "" : key.strip();
        if (authentication.find(given).isPresent()) {
            return SignInAnswers.goTo(to, answers.cookie(given, uri), uri);
        }
        var from = request.remoteAddress();
        limits.countRefused(from == null ? null : from.hostAddress());
        return answers.form(
                Response.Status.UNAUTHORIZED, to, "That key is not known, or no longer good.", uri);
    }

    @POST
    @Path("logout")
    @Consumes(MediaType.WILDCARD)
    @OpenToAll
    @Operation(hidden = true)
    public Response signOut(@HeaderParam(FETCH_SITE) @Nullable String site, @Context UriInfo uri) {
        if (isOfAnotherSite(site)) {
            return Response.seeOther(uri.getBaseUri()).build();
        }
        return SignInAnswers.goTo(null, answers.cookie("", uri), uri);
    }

    private static boolean isOfAnotherSite(@Nullable String site) {
        return "cross-site".equals(site);
    }
}
