package io.carillon.security.signin;

import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.OpenToAll;
import io.carillon.security.RateLimits;
import io.carillon.security.Sessions;
import io.quarkus.logging.Log;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves the two steps of a sign-in at the identity provider, in the person's browser. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class ProviderResource {
    private static final String COOKIE = "carillon-sign-in";
    private static final String AGAIN =
            "This sign-in began in another browser, or more than ten minutes ago. Please begin again.";

    /** Codes of RFC 6749 §4.1.2.1 and of OpenID Connect; other text is not repeated. */
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,50}");

    private final CodeFlow flow;
    private final Sessions sessions;
    private final SignInAnswers answers;
    private final RateLimits limits;

    ProviderResource(CodeFlow flow, Sessions sessions, SignInAnswers answers, RateLimits limits) {
        this.flow = flow;
        this.sessions = sessions;
        this.answers = answers;
        this.limits = limits;
    }

    @GET
    @Path(SignInAnswers.PROVIDER_PATH)
    @OpenToAll
    @Operation(hidden = true)
    public Response begin(
            @QueryParam("to") @Nullable String to,
            @Context UriInfo uri,
            @Context HttpServerRequest request)
            throws InterruptedException {
        requireProvider();
        String page = to == null ? "" : to;
        try {
            var begun = flow.begin(page, answers.redirect(uri));
            return Response.seeOther(begun.leadsTo())
                    .cookie(answers.stepCookie(COOKIE, begun.cookie(), uri))
                    .header("Cache-Control", "no-store")
                    .build();
        } catch (IOException | IllegalArgumentException failure) {
            return failed(failure, page, uri, request);
        }
    }

    @GET
    @Path(SignInAnswers.CALLBACK_PATH)
    @OpenToAll
    @Operation(hidden = true)
    public Response end(
            @QueryParam("state") @Nullable String state,
            @QueryParam("code") @Nullable String code,
            @QueryParam("error") @Nullable String error,
            @QueryParam("iss") @Nullable String iss,
            @CookieParam(COOKIE) @Nullable String cookie,
            @Context UriInfo uri,
            @Context HttpServerRequest request)
            throws InterruptedException {
        requireProvider();
        if (error != null) {
            String why = ERROR.matcher(error).matches() ? ": " + error : "";
            return answers.form(
                    Response.Status.UNAUTHORIZED,
                    null,
                    "The provider did not sign you in" + why + ".",
                    uri);
        }
        try {
            var ended =
                    flow.isOfIssuer(iss)
                            ? flow.end(cookie, state, code, answers.redirect(uri))
                            : Optional.<CodeFlow.Ended>empty();
            if (ended.isEmpty()) {
                count(request);
                return answers.form(Response.Status.BAD_REQUEST, null, AGAIN, uri);
            }
            return answers.leadOn(
                    ended.get().to(),
                    answers.cookie(sessions.begin(ended.get().claims()), uri),
                    answers.stepCookie(COOKIE, "", uri),
                    uri);
        } catch (IOException | IllegalArgumentException failure) {
            return failed(failure, null, uri, request);
        }
    }

    private void requireProvider() {
        if (flow.provider().isEmpty()) {
            throw new ProblemException(
                    ProblemKind.NOT_FOUND,
                    "People do not sign in at a provider here (carillon.oidc.client-id).");
        }
    }

    /** The log says more than a person who may not have signed in should learn. */
    private Response failed(
            Exception failure, @Nullable String to, UriInfo uri, HttpServerRequest request) {
        count(request);
        Log.warnf("sign-in failed issuer=%s: %s", flow.provider().orElse(""), failure);
        return answers.form(
                Response.Status.BAD_GATEWAY,
                to,
                "The provider could not be asked, or its answer was not good. The log of Carillon says more.",
                uri);
    }

    private void count(HttpServerRequest request) {
        var from = request.remoteAddress();
        limits.countRefused(from == null ? null : from.hostAddress());
    }
}
