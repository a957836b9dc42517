package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.get;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Api;
import io.carillon.support.FreePort;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Limits that are small enough to be met: whoever asks as fast as it can is soon told to wait. */
@QuarkusTest
@TestProfile(RateLimitsTest.Limits.class)
class RateLimitsTest {
    private static final int MANY = 10_000;

    @Inject
    @ConfigProperty(name = "carillon.oidc.issuer")
    String issuer;

    public static final class Limits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "carillon.oidc.issuer",
                    "http://localhost:" + FreePort.find(),
                    "carillon.oidc.client-id",
                    "pages",
                    "carillon.oidc.client-secret",
                    FakeIssuer.CLIENT_SECRET,
                    "carillon.security.enabled",
                    "true",
                    "carillon.security.admin-key-hash",
                    KeyText.hash(ADMIN),
                    "carillon.security.key-requests-per-second",
                    "3",
                    "carillon.security.refused-requests-per-second",
                    "3");
        }
    }

    @Test
    void aKeyThatAsksTooOftenIsToldToWaitAndNoOtherKeyIs() {
        String busy = text(Api.tree(createKey("busy"), 201));
        String other = text(Api.tree(createKey("other"), 201));

        var first = with(busy).get(JOBS);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.header("RateLimit-Policy")).isEqualTo("\"key\";q=3;w=1");
        assertThat(first.header("RateLimit")).isEqualTo("\"key\";r=2;t=1");
        var refused = until(429, () -> with(busy).get(JOBS));

        assertProblem(refused, 429, "rate-limited");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(with(other).get(JOBS).statusCode()).isEqualTo(200);
    }

    @Test
    void whoeverGuessesKeysIsToldToWaitAndAGoodKeyIsNot() {
        String good = text(Api.tree(createKey("good"), 201));

        var refused = until(429, () -> with("a-guess").get(JOBS));

        assertProblem(refused, 429, "rate-limited");
        assertThat(until(429, () -> get("/q/metrics")).header("Retry-After")).isEqualTo("1");
        assertThat(
                        until(429, () -> Api.request().formParam("key", "a-guess").post("/login"))
                                .statusCode())
                .isEqualTo(429);
        assertThat(with(good).get(JOBS).statusCode()).isEqualTo(200);
    }

    @Test
    void whoeverSignsInOverAndOverDoesNotMakeUsAskTheProviderAsOften() throws IOException {
        var asked = new AtomicInteger();
        try (var provider = new FakeIssuer(issuer)) {
            provider.answers(
                    "/token",
                    exchange -> {
                        asked.incrementAndGet();
                        throw new FakeIssuer.Refusal(400, "{\"error\": \"invalid_grant\"}");
                    });
            var begun = untilLimitAllows(() -> signIn("provider", Map.of(), Map.of()));
            String state = begun.header("Location").replaceAll(".*[?&]state=([^&]+).*", "$1");
            int refused = 0;
            for (int times = 0; times < 30; times++) {
                var answer =
                        signIn("callback", begun.cookies(), Map.of("state", state, "code", "x"));
                refused += answer.statusCode() == 429 ? 1 : 0;
            }

            assertThat(refused).isBetween(10, 29);
            assertThat(asked).hasValue(30 - refused);
        }
    }

    private static Response signIn(
            String step, Map<String, String> cookies, Map<String, String> query) {
        return Api.request()
                .redirects()
                .follow(false)
                .cookies(cookies)
                .queryParams(query)
                .get("/login/" + step);
    }

    private static Response untilLimitAllows(Supplier<Response> request) {
        return await().atMost(Duration.ofSeconds(20))
                .until(request::get, answer -> answer.statusCode() != 429);
    }

    @Test
    void whoeverGuessesTokensOfCallbacksIsToldToWait() {
        assertProblem(
                until(429, () -> Api.body("{}").post("/api/v1/callbacks/a-guess/complete")),
                429,
                "rate-limited");
        assertProblem(
                until(429, () -> Api.request().post("/api/v1/heartbeats/a-guess")),
                429,
                "rate-limited");
    }

    private static Response createKey(String name) {
        return until(
                201,
                () ->
                        with(
                                        ADMIN,
                                        Api.object()
                                                .put("name", Api.unique(name))
                                                .put("role", "ADMIN")
                                                .set(
                                                        "namespaces",
                                                        Api.object().arrayNode().add("*")))
                                .post(Keys.KEYS));
    }

    private static Response until(int status, Supplier<Response> request) {
        for (int count = 0; count < MANY; count++) {
            var response = request.get();
            if (response.statusCode() == status) {
                return response;
            }
        }
        throw new AssertionError("never answered with " + status);
    }
}
