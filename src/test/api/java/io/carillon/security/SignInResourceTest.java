package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(Keys.class)
class SignInResourceTest {

    @Test
    void thePageAsksForAKeyAndShowsWhatItSees() {
        String home = unique("home");
        String name = unique("a-job-of-home");
        tree(with(ADMIN, aJob().put("name", name).put("namespace", home)).post(JOBS), 201);
        assertThat(request().redirects().follow(false).get("/").header("Location"))
                .endsWith("/login");

        assertThat(page(signedIn(text(made("VIEWER", home))))).contains(name);
        assertThat(page(signedIn(text(made("VIEWER", unique("other")))))).doesNotContain(name);
    }

    @Test
    void theCookieIsNoScriptsAndNoOtherSites() {
        String cookie = signIn(text(made("VIEWER", "default"))).header("Set-Cookie");

        assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/");
    }

    @Test
    void whoSignsOutIsAskedAgain() {
        String cookie = signedIn(ADMIN);
        assertThat(page(cookie)).contains("action=\"/logout\"");

        var response =
                request()
                        .redirects()
                        .follow(false)
                        .cookie(Authentication.COOKIE, cookie)
                        .contentType("application/x-www-form-urlencoded")
                        .post("/logout");

        assertThat(response.statusCode()).isEqualTo(303);
        assertThat(response.header("Set-Cookie"))
                .startsWith(Authentication.COOKIE + "=")
                .contains("Max-Age=0")
                .doesNotContain(ADMIN);
    }

    @Test
    void aSignedInAdminSeesMetrics() {
        String metrics =
                request()
                        .cookie(Authentication.COOKIE, signedIn(ADMIN))
                        .get("/q/metrics")
                        .asString();

        assertThat(metrics).contains("carillon_");
    }

    @Test
    void aWrongKeyIsToldAndSetsNoCookie() {
        var response = signIn("nonsense");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.header("Set-Cookie")).isNull();
        assertThat(response.asString()).contains("not known").doesNotContain("nonsense");
        assertThat(response.header("Content-Security-Policy")).contains("default-src 'none'");
    }

    @Test
    void aCookieAloneChangesNothing() {
        String cookie = signedIn(ADMIN);

        var reading = request().cookie(Authentication.COOKIE, cookie).get(JOBS);
        var change =
                request()
                        .cookie(Authentication.COOKIE, cookie)
                        .contentType("application/json")
                        .body(aJob().toString())
                        .post(JOBS);

        assertThat(reading.statusCode()).isEqualTo(200);
        assertProblem(change, 401, "unauthenticated");
    }

    private static String page(String cookie) {
        return request().cookie(Authentication.COOKIE, cookie).get("/").asString();
    }

    private static String signedIn(String key) {
        var response = signIn(key);
        assertThat(response.statusCode()).isEqualTo(303);
        return response.cookie(Authentication.COOKIE);
    }

    private static Response signIn(String key) {
        return request()
                .redirects()
                .follow(false)
                .contentType("application/x-www-form-urlencoded")
                .formParam("key", key)
                .post("/login");
    }
}
