package io.carillon.security.signin;

import io.carillon.security.Issuer;
import io.carillon.security.OidcConfig;
import io.carillon.security.SignedTexts;
import io.carillon.security.Tokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Signs people in at the issuer by the authorization code flow (OpenID Connect Core 1.0 §3.1), with
 * PKCE (RFC 7636). What must be remembered between its two steps is in a signed cookie, so that any
 * replica can take the second step.
 */
@ApplicationScoped
class CodeFlow {
    /** How long a person may take at the issuer. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String PURPOSE = "sign-in";
    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final OidcConfig config;
    private final Issuer issuer;
    private final Tokens tokens;
    private final SignedTexts texts;

    CodeFlow(OidcConfig config, Issuer issuer, Tokens tokens, SignedTexts texts) {
        this.config = config;
        this.issuer = issuer;
        this.tokens = tokens;
        this.texts = texts;
    }

    /**
     * Tells what follows from the first step.
     *
     * @param state comes back in the second step
     * @param cookie holds what the second step needs
     * @param leadsTo the issuer's page
     */
    record Begun(String state, String cookie, URI leadsTo) {}

    /**
     * Tells who has signed in.
     *
     * @param to the page that was asked for before
     */
    record Ended(Map<String, Object> claims, String to) {}

    /** Whether an answer can be of our issuer (RFC 9207); one that does not say may be. */
    boolean isOfIssuer(@Nullable String iss) {
        return iss == null || iss.equals(config.issuer().orElse(null));
    }

    /** Returns the host of the issuer; empty if nobody can sign in there. */
    Optional<String> provider() {
        return config.clientId()
                .flatMap(client -> config.issuer())
                .map(URI::create)
                .map(URI::getHost);
    }

    /**
     * Takes the first step.
     *
     * @param to the page to show in the end
     * @param redirect where the issuer sends the person back to
     * @throws IOException if the issuer cannot be asked for the address of its page
     */
    Begun begin(String to, URI redirect) throws IOException, InterruptedException {
        String page = Issuer.url(issuer.recentDocument(), "authorization_endpoint");
        String state = random();
        String nonce = random();
        String verifier = random();
        var query = new LinkedHashMap<String, String>();
        query.put("response_type", "code");
        query.put("client_id", config.clientId().orElseThrow());
        query.put("redirect_uri", redirect.toString());
        query.put("scope", config.scopes());
        query.put("state", state);
        query.put("nonce", nonce);
        query.put("code_challenge", BASE64.encodeToString(sha256(verifier)));
        query.put("code_challenge_method", "S256");
        String cookie =
                texts.sign(
                        PURPOSE,
                        PATIENCE,
                        Map.of("state", state, "nonce", nonce, "verifier", verifier, "to", to));
        return new Begun(
                state, cookie, URI.create(page + (page.contains("?") ? "&" : "?") + form(query)));
    }

    /**
     * Takes the second step, when the issuer has sent the person back.
     *
     * @param cookie of the first step; null if the browser has none
     * @param state as the issuer sent it back
     * @param redirect as in the first step
     * @return empty if no such sign-in has begun in this browser, or too long ago
     * @throws IOException if the issuer refuses the code, or its answer is not good
     */
    Optional<Ended> end(
            @Nullable String cookie, @Nullable String state, @Nullable String code, URI redirect)
            throws IOException, InterruptedException {
        var begun =
                cookie == null
                        ? Optional.<Map<String, Object>>empty()
                        : texts.read(PURPOSE, cookie);
        if (begun.isEmpty()
                || code == null
                || state == null
                || !state.equals(begun.get().get("state"))) {
            return Optional.empty();
        }
        var remembered = begun.get();
        var document = issuer.recentDocument();
        var answer = exchange(document, code, text(remembered, "verifier"), redirect);
        var claims =
                new HashMap<>(
                        tokens.claimsOfIdToken(
                                text(answer, "id_token"), text(remembered, "nonce")));
        moreOf(document, answer, claims).forEach(claims::putIfAbsent);
        return Optional.of(new Ended(claims, text(remembered, "to")));
    }

    private Map<String, Object> exchange(
            Map<String, Object> document, String code, String verifier, URI redirect)
            throws IOException, InterruptedException {
        var form = new LinkedHashMap<String, String>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirect.toString());
        form.put("code_verifier", verifier);
        var request =
                HttpRequest.newBuilder(URI.create(Issuer.url(document, "token_endpoint")))
                        .header("Content-Type", "application/x-www-form-urlencoded");
        String client = config.clientId().orElseThrow();
        String secret = config.clientSecret().orElseThrow();
        if (takesSecretInForm(document)) {
            form.put("client_id", client);
            form.put("client_secret", secret);
        } else {
            // RFC 6749 §2.3.1: each is encoded as in a form first.
            String basic = encoded(client) + ":" + encoded(secret);
            request.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
        }
        return issuer.ask(request.POST(HttpRequest.BodyPublishers.ofString(form(form))));
    }

    /** An issuer that says nothing takes it in a header. */
    private static boolean takesSecretInForm(Map<String, Object> document) {
        return document.get("token_endpoint_auth_methods_supported") instanceof Collection<?> ways
                && !ways.contains("client_secret_basic")
                && ways.contains("client_secret_post");
    }

    /** Many issuers tell groups and addresses only here (OpenID Connect Core 1.0 §5.3). */
    private Map<String, Object> moreOf(
            Map<String, Object> document, Map<String, Object> answer, Map<String, Object> claims)
            throws IOException, InterruptedException {
        if (!(document.get("userinfo_endpoint") instanceof String url)
                || !(answer.get("access_token") instanceof String access)) {
            return Map.of();
        }
        var more =
                issuer.ask(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Authorization", "Bearer " + access));
        if (more.get("sub") == null || !more.get("sub").equals(claims.get("sub"))) {
            throw new IOException(url + " tells of somebody else");
        }
        return more;
    }

    private static String text(Map<String, Object> from, String name) throws IOException {
        if (from.get(name) instanceof String text) {
            return text;
        }
        throw new IOException("its answer has no " + name);
    }

    private static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return BASE64.encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
