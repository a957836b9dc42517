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
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves the two steps of a sign-in at the identity provider, in the person's browser. */
@Path("/")
@Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
@RunOnVirtualThread
@RegisterForReflection
class ProviderResource {
    /** Before a part of the state: a person may sign in in two tabs at once. */
    private static final String COOKIE = "carillon-sign-in-";

    private static final int STATE_IN_NAME = 8;
    private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{43}");

    /** Browsers keep no cookie of more than 4,096 bytes, with its name and attributes. */
    private static final int LONGEST_SESSION = 3_800;

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
        count(request);
        String page = SignInAnswers.keptPage(to);
        try {
            var begun = flow.begin(page, answers.redirect(uri));
            return Response.seeOther(begun.leadsTo())
                    .cookie(answers.stepCookie(cookieOf(begun.state()), begun.cookie(), uri))
                    .header("Cache-Control", "no-store")
                    .build();
        } catch (IOException | IllegalArgumentException failure) {
            return failed(failure, page, uri);
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
            @Context HttpHeaders headers,
            @Context UriInfo uri,
            @Context HttpServerRequest request)
            throws InterruptedException {
        requireProvider();
        count(request);
        if (error != null) {
            String why = ERROR.matcher(error).matches() ? ": " + error : "";
            return answers.form(
                    Response.Status.UNAUTHORIZED,
                    null,
                    "The provider did not sign you in" + why + ".",
                    uri);
        }
        var cookie =
                state != null && STATE.matcher(state).matches()
                        ? headers.getCookies().get(cookieOf(state))
                        : null;
        if (cookie == null || !flow.isOfIssuer(iss)) {
            return answers.form(Response.Status.BAD_REQUEST, null, AGAIN, uri);
        }
        try {
            var ended = flow.end(cookie.getValue(), state, code, answers.redirect(uri));
            return ended.isEmpty()
                    ? answers.form(Response.Status.BAD_REQUEST, null, AGAIN, uri)
                    : signedIn(ended.get(), cookie.getName(), uri);
        } catch (IOException | IllegalArgumentException failure) {
            return failed(failure, null, uri);
        }
    }

    private Response signedIn(CodeFlow.Ended ended, String stepCookie, UriInfo uri) {
        String session = sessions.begin(ended.claims());
        if (session.length() > LONGEST_SESSION) {
            Log.warnf("sign-in failed: a cookie cannot hold %,d characters", session.length());
            return answers.form(
                    Response.Status.FORBIDDEN,
                    null,
                    "You are in more groups that are granted something here than a browser can remember. Please tell your administrator.",
                    uri);
        }
        return answers.leadOn(
                ended.to(),
                answers.cookie(session, uri),
                answers.stepCookie(stepCookie, "", uri),
                uri);
    }

    private static String cookieOf(String state) {
        return COOKIE + state.substring(0, STATE_IN_NAME);
    }

    private void requireProvider() {
        if (flow.provider().isEmpty()) {
            throw new ProblemException(
                    ProblemKind.NOT_FOUND,
                    "People do not sign in at a provider here (carillon.oidc.client-id).");
        }
    }

    /** The log says more than a person who may not have signed in should learn. */
    private Response failed(Exception failure, @Nullable String to, UriInfo uri) {
        Log.warnf("sign-in failed issuer=%s: %s", flow.provider().orElse(""), failure);
        return answers.form(
                Response.Status.BAD_GATEWAY,
                to,
                "The provider could not be asked, or its answer was not good. The log of Carillon says more.",
                uri);
    }

    /** Each step asks the issuer for something, whoever begins it, so both are limited. */
    private void count(HttpServerRequest request) {
        var from = request.remoteAddress();
        limits.countRefused(from == null ? null : from.hostAddress());
    }
}
