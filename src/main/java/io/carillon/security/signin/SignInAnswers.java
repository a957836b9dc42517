package io.carillon.security.signin;

import io.carillon.security.Authentication;
import io.carillon.security.OidcConfig;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the answers of a sign-in: the form, what leads on from it, and cookies. */
@ApplicationScoped
class SignInAnswers {
    static final String PROVIDER_PATH = "login/provider";
    static final String CALLBACK_PATH = "login/callback";

    /** A path, and perhaps a query. A browser takes two slashes, or a backslash, for a host. */
    private static final Pattern OURS =
            Pattern.compile("/(?![/\\\\])(?:[\\w/?&=.,:+~-]++|%[0-9A-Fa-f]{2})*+");

    /** A cookie has room for this much. */
    private static final int LONGEST_PAGE = 1_000;

    private final CodeFlow flow;
    private final OidcConfig config;

    SignInAnswers(CodeFlow flow, OidcConfig config) {
        this.flow = flow;
        this.config = config;
    }

    @CheckedTemplate(basePath = "security")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance signIn(
                String nonce,
                String action,
                String to,
                @Nullable String provider,
                @Nullable String providerAction,
                @Nullable String message);

        static native TemplateInstance signedIn(String to);
    }

    /**
     * Returns the form.
     *
     * @param to the page to show after it
     * @param message why it is shown again; null for the first time
     */
    Response form(
            Response.Status status, @Nullable String to, @Nullable String message, UriInfo uri) {
        String nonce = UUID.randomUUID().toString();
        String page = to == null ? "" : to;
        var provider =
                uri.getBaseUriBuilder().path(PROVIDER_PATH).queryParam("to", "{to}").build(page);
        String providerAction = provider.getRawPath() + "?" + provider.getRawQuery();
        var form =
                Templates.signIn(
                        nonce,
                        uri.getBaseUriBuilder().path("login").build().getPath(),
                        page,
                        flow.provider().orElse(null),
                        providerAction,
                        message);
        return page(status, form, "style-src 'nonce-" + nonce + "'; form-action 'self'").build();
    }

    /**
     * Shows a page of ours to who came from the issuer. A redirect would not do: it would belong to
     * the issuer's page, and the browser would not send our cookie with it.
     */
    Response leadOn(String to, NewCookie cookie, NewCookie over, UriInfo uri) {
        return page(
                        Response.Status.OK,
                        Templates.signedIn(pageOf(to, uri).toString()),
                        "form-action 'none'")
                .cookie(cookie, over)
                .build();
    }

    private static Response.ResponseBuilder page(
            Response.Status status, TemplateInstance content, String policy) {
        return Response.status(status)
                .entity(content)
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; " + policy)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }

    /** Goes to a page of ours. */
    static Response goTo(@Nullable String to, NewCookie cookie, UriInfo uri) {
        // Of a path alone RESTEasy would think that the root path is missing.
        return Response.seeOther(uri.getBaseUri().resolve(pageOf(to, uri))).cookie(cookie).build();
    }

    /** Returns a page of ours, never of another site; the first page if it is none. */
    private static URI pageOf(@Nullable String to, UriInfo uri) {
        return URI.create(to != null && isOurs(to) ? to : uri.getBaseUri().getRawPath());
    }

    private static boolean isOurs(String to) {
        return to.length() <= LONGEST_PAGE && OURS.matcher(to).matches();
    }

    /** Returns what can be kept of a page until the second step; empty if it is none of ours. */
    static String keptPage(@Nullable String to) {
        return to != null && isOurs(to) ? to : "";
    }

    /** Returns where the issuer sends people back to. */
    URI redirect(UriInfo uri) {
        return config.redirectUrl()
                .map(URI::create)
                .orElseGet(() -> uri.getBaseUriBuilder().path(CALLBACK_PATH).build());
    }

    /**
     * Returns the cookie that {@link Authentication} accepts, for as long as the browser is open.
     */
    NewCookie cookie(String value, UriInfo uri) {
        return cookie(Authentication.COOKIE, rootOf(uri), NewCookie.SameSite.STRICT, uri)
                .value(value)
                .maxAge(value.isEmpty() ? 0 : NewCookie.DEFAULT_MAX_AGE)
                .build();
    }

    /**
     * Returns a cookie that is sent to the second step of a sign-in alone, and also if a page of
     * another site leads there.
     */
    NewCookie stepCookie(String name, String value, UriInfo uri) {
        return cookie(name, redirect(uri).getPath(), NewCookie.SameSite.LAX, uri)
                .value(value)
                .maxAge(value.isEmpty() ? 0 : (int) CodeFlow.PATIENCE.toSeconds())
                .build();
    }

    /** Other services of the host, beside a root path of ours, do not get it. */
    private static String rootOf(UriInfo uri) {
        String path = uri.getBaseUri().getRawPath();
        return path.length() > 1 && path.endsWith("/")
                ? path.substring(0, path.length() - 1)
                : path;
    }

    private NewCookie.Builder cookie(
            String name, String path, NewCookie.SameSite sameSite, UriInfo uri) {
        return new NewCookie.Builder(name)
                .path(path)
                .httpOnly(true)
                .secure("https".equals(redirect(uri).getScheme()))
                .sameSite(sameSite);
    }
}
