package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.carillon.support.LoggedLines;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way through an identity provider and back, with a provider that can also misbehave. */
@QuarkusTest
@TestProfile(FakeIssuer.Profile.class)
class ProviderSignInTest {
    private static final String STEP_COOKIE = "carillon-sign-in-";
    private static final String CLIENT = "pages of carillon";
    private static final String CODE = "a code+/=";

    @Inject
    @ConfigProperty(name = "carillon.oidc.issuer")
    String issuer;

    private FakeIssuer fake;
    private Map<String, String> asked = Map.of();
    private String step = "";
    private Consumer<JwtClaims> idToken = claims -> {};
    private String userInfo = "{\"sub\": \"anna\"}";

    @BeforeEach
    void startTheProvider() throws IOException {
        fake = new FakeIssuer(issuer);
        fake.answers("/token", this::tokens);
        fake.answers("/me", exchange -> userInfo);
    }

    @AfterEach
    void stopTheProvider() {
        fake.close();
    }

    /** As a provider checks it: the client, the code, and who has begun the sign-in. */
    private String tokens(HttpExchange exchange) throws IOException {
        var form = parameters(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        String basic = exchange.getRequestHeaders().getFirst("Authorization");
        String client =
                new String(Base64.getDecoder().decode(basic.substring("Basic ".length())), UTF_8);
        if (!client.equals("pages+of+carillon:a+client%27s+secret%2C+known+to+two")) {
            throw new FakeIssuer.Refusal(401, "{\"error\": \"invalid_client\"}");
        }
        boolean isGood =
                CODE.equals(form.get("code"))
                        && "authorization_code".equals(form.get("grant_type"))
                        && asked("redirect_uri").equals(form.get("redirect_uri"))
                        && asked("code_challenge")
                                .equals(sha256(form.getOrDefault("code_verifier", "")));
        if (!isGood) {
            throw new FakeIssuer.Refusal(400, "{\"error\": \"invalid_grant\"}");
        }
        return "{\"access_token\": \"opaque\", \"id_token\": \"%s\"}".formatted(idToken());
    }

    private String idToken() {
        return fake.token(this::ofSignIn);
    }

    private void ofSignIn(JwtClaims claims) {
        claims.setAudience(CLIENT);
        claims.setSubject("anna");
        claims.unsetClaim("email");
        claims.unsetClaim("repository");
        claims.setClaim("nonce", asked("nonce"));
        idToken.accept(claims);
    }

    private String asked(String name) {
        return asked.getOrDefault(name, "");
    }

    private static String sha256(String text) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, String> parameters(String form) {
        var parameters = new HashMap<String, String>();
        for (String each : form.split("&")) {
            var parts = each.split("=", 2);
            parameters.put(URLDecoder.decode(parts[0], UTF_8), URLDecoder.decode(parts[1], UTF_8));
        }
        return parameters;
    }

    /** Takes the first step. */
    private Response begin(String to) {
        var begun = request().redirects().follow(false).queryParam("to", to).get("/login/provider");
        assertThat(begun.statusCode()).isEqualTo(303);
        asked = parameters(URI.create(begun.header("Location")).getRawQuery());
        step = begun.cookie(cookieOf(asked("state")));
        return begun;
    }

    private static String cookieOf(String state) {
        return STEP_COOKIE + state.substring(0, Math.min(8, state.length()));
    }

    /** Takes the second step, as the provider's redirect makes a browser do. */
    private Response end(String state, String code) {
        return request()
                .redirects()
                .follow(false)
                .cookie(cookieOf(state), step)
                .queryParam("state", state)
                .queryParam("code", code)
                .get("/login/callback");
    }

    private Response signIn() {
        begin("/jobs");
        return end(asked("state"), CODE);
    }

    private static String page(String session, String path) {
        return request().cookie(Authentication.COOKIE, session).get(path).asString();
    }

    @Test
    void theFormLeadsToTheProvider() {
        String form = request().get("/login?to=/jobs").asString();

        assertThat(form)
                .contains("Sign in with localhost")
                .contains("href=\"/login/provider?to=%2Fjobs\"");
        var begun = begin("/jobs");
        assertThat(begun.header("Location")).startsWith(issuer + "/authorize?tenant=acme&");
        assertThat(asked)
                .containsEntry("response_type", "code")
                .containsEntry("client_id", CLIENT)
                .containsEntry("scope", "openid profile email")
                .containsEntry("redirect_uri", service() + "/login/callback")
                .containsEntry("code_challenge_method", "S256");
        assertThat(begun.header("Set-Cookie"))
                .contains("HttpOnly")
                .contains("SameSite=Lax")
                .contains("Path=/login/callback")
                .contains("Max-Age=600");
    }

    @Test
    void whoSignsInComesToThePageThatWasAskedForAndMayWhatTheClaimsGrant() {
        String name = "a-job-of-" + System.nanoTime();
        tree(with(ADMIN, aJob().put("name", name).put("namespace", "billing")).post(JOBS), 201);
        idToken = claims -> claims.setClaim("email", "anna@acme.example");
        userInfo = "{\"sub\": \"anna\", \"https://acme.example/groups\": [\"staff\"]}";

        begin("/jobs?q=" + name);
        var ended = end(asked("state"), CODE);

        assertThat(ended.statusCode()).isEqualTo(200);
        assertThat(ended.asString()).contains("url=/jobs?q=" + name);
        assertThat(ended.headers().getValues("Set-Cookie"))
                .anySatisfy(
                        cookie ->
                                assertThat(cookie)
                                        .startsWith(Authentication.COOKIE + "=")
                                        .contains("HttpOnly")
                                        .contains("SameSite=Strict"))
                .anySatisfy(
                        cookie ->
                                assertThat(cookie)
                                        .startsWith(cookieOf(asked("state")) + "=;")
                                        .contains("Max-Age=0"));
        String session = ended.cookie(Authentication.COOKIE);
        assertThat(page(session, "/jobs?q=" + name)).contains(name);
        assertThat(page(session, "/jobs")).contains("anna@acme.example").doesNotContain("New job");
        assertThat(
                        request()
                                .cookie(Authentication.COOKIE, session)
                                .get("/api/v1/keys")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aSessionIsOfBrowsersAlone() {
        String session = signIn().cookie(Authentication.COOKIE);

        assertThat(session).isNotEmpty();
        assertThat(with(session).get(JOBS).statusCode()).isEqualTo(401);
    }

    @Test
    void whoIsGrantedNothingSeesNothing() {
        String session = signIn().cookie(Authentication.COOKIE);

        assertThat(request().cookie(Authentication.COOKIE, session).get(JOBS).statusCode())
                .isEqualTo(403);
    }

    @Test
    void anIdTokenThatIsNotGoodSignsNobodyInAndIsNotLogged() {
        var bad =
                Map.<String, Consumer<JwtClaims>>of(
                        "is of another sign-in",
                        claims -> claims.setClaim("nonce", "another"),
                        "is for another client",
                        claims -> {
                            claims.setAudience(CLIENT, "shop");
                            claims.setClaim("azp", "shop");
                        },
                        "not good: it is for another client",
                        claims -> claims.setAudience("carillon"),
                        "it has expired",
                        claims -> claims.setExpirationTimeMinutesInTheFuture(-2),
                        "it is of another issuer",
                        claims -> claims.setIssuer("https://evil.example"),
                        "tells of somebody else",
                        claims -> claims.setSubject("bert"));

        assertThat(signIn().statusCode()).isEqualTo(200);
        bad.forEach(
                (why, change) -> {
                    idToken =
                            claims -> {
                                claims.setClaim("email", "anna@acme.example");
                                change.accept(claims);
                            };
                    try (var logged = LoggedLines.ofWarnings()) {
                        refused(signIn(), 502, why);
                        assertThat(logged.all())
                                .as(why)
                                .anyMatch(line -> line.contains(why))
                                .noneMatch(line -> line.contains("eyJ"))
                                .noneMatch(line -> line.contains("acme.example"));
                    }
                });
        fake.close();
        refused(end(asked("state"), CODE), 502, "the provider is away");
    }

    @Test
    void anIdTokenThatOthersHaveSignedSignsNobodyIn() {
        assertThat(signIn().statusCode()).isEqualTo(200);
        begin("/jobs");
        fake.close();
        try (var evil = evilTwin(FakeIssuer.rsa(FakeIssuer.KEY.getKeyId()));
                var logged = LoggedLines.ofWarnings()) {
            refused(end(asked("state"), CODE), 502, "signed by another key");
            assertThat(logged.all()).anyMatch(line -> line.contains("its signature is wrong"));
        }
    }

    @Test
    void twoTabsSignInAtOnce() {
        begin("/jobs?q=one");
        var ofOne = asked;
        String stepOfOne = step;
        begin("/jobs?q=two");
        var two = end(asked("state"), CODE);
        asked = ofOne;
        step = stepOfOne;
        var one = end(asked("state"), CODE);

        assertThat(two.asString()).contains("url=/jobs?q=two");
        assertThat(one.asString()).contains("url=/jobs?q=one");
    }

    private FakeIssuer evilTwin(PublicJsonWebKey by) {
        try {
            var evil = new FakeIssuer(issuer);
            evil.answers(
                    "/token",
                    exchange ->
                            "{\"access_token\": \"opaque\", \"id_token\": \"%s\"}"
                                    .formatted(
                                            evil.token(
                                                    by,
                                                    AlgorithmIdentifiers.RSA_USING_SHA256,
                                                    this::ofSignIn)));
            evil.answers("/me", exchange -> userInfo);
            return evil;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aStepThatDidNotBeginInThisBrowserSignsNobodyIn() {
        begin("/jobs");
        String state = asked("state");
        String ofAnna = step;

        refused(end("another", CODE), 400, "another state");
        refused(
                request()
                        .cookie(cookieOf(state), ofAnna)
                        .queryParam("state", state)
                        .queryParam("code", CODE)
                        .queryParam("iss", "https://evil.example")
                        .get("/login/callback"),
                400,
                "the answer of another issuer");
        for (String forged : List.of("", "x.y.z", ofAnna + "x", session())) {
            step = forged;
            refused(end(state, CODE), 400, "cookie " + forged);
        }
        begin("/jobs");
        refused(end(state, CODE), 400, "the state of another browser");
        step = ofAnna;
        refused(end(asked("state"), CODE), 400, "the cookie of another browser");
    }

    private String session() {
        return signIn().cookie(Authentication.COOKIE);
    }

    @Test
    void aCodeThatTheProviderRefusesSignsNobodyIn() {
        begin("/jobs");

        refused(end(asked("state"), "stolen"), 502, "another code");
    }

    @Test
    void whatTheProviderRefusesIsTold() {
        begin("/jobs");
        var denied =
                request()
                        .cookie(cookieOf(asked("state")), step)
                        .queryParam("state", asked("state"))
                        .queryParam("error", "access_denied")
                        .get("/login/callback");
        var strange =
                request().queryParam("error", "<script>alert(1)</script>").get("/login/callback");

        refused(denied, 401, "denied");
        assertThat(denied.asString()).contains("did not sign you in: access_denied.");
        refused(strange, 401, "strange");
        assertThat(strange.asString()).contains("did not sign you in.").doesNotContain("alert(1)");
    }

    @Test
    void whoSignsInIsLedToNoOtherSite() {
        for (String elsewhere :
                List.of(
                        "//evil.example",
                        "https://evil.example",
                        "/%zz",
                        "/" + "x".repeat(2000),
                        "")) {
            begin(elsewhere);
            assertThat(end(asked("state"), CODE).asString()).as(elsewhere).contains("url=/\"");
        }
    }

    private static void refused(Response response, int status, String why) {
        assertThat(response.statusCode()).as(why).isEqualTo(status);
        assertThat(response.cookie(Authentication.COOKIE)).as(why).isNull();
        assertThat(response.asString()).as(why).contains("role=\"alert\"");
    }
}
