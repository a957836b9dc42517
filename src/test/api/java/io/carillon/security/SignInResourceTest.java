package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.List;
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

    /** A browser sends the cookie by itself, but this header only for a script of our own pages. */
    @Test
    void theCookieChangesNothingWithoutTheHeaderOfOurPages() {
        String cookie = signedIn(text(made("EDITOR", "default")));
        String body = aJob().toString();

        var withoutHeader =
                request()
                        .cookie(Authentication.COOKIE, cookie)
                        .contentType("application/json")
                        .body(body);
        assertThat(withoutHeader.post(JOBS).statusCode()).isEqualTo(401);

        var withHeader =
                request()
                        .cookie(Authentication.COOKIE, cookie)
                        .header("X-Carillon-Page", "true")
                        .contentType("application/json")
                        .body(body);
        assertThat(withHeader.post(JOBS).statusCode()).isEqualTo(201);
    }

    @Test
    void whatTheCallerMayNotDoIsNotOffered() {
        String home = unique("home");
        String id =
                tree(with(ADMIN, aJob().put("namespace", home)).post(JOBS), 201)
                        .get("id")
                        .textValue();

        String viewer = signedIn(text(made("VIEWER", home)));
        assertThat(page(viewer, "/jobs/" + id))
                .doesNotContain("Run now")
                .doesNotContain("/workers\"");
        assertThat(page(viewer, "/jobs")).doesNotContain("New job");
        assertThat(page(viewer, "/queues")).doesNotContain("New queue");
        String editor = signedIn(text(made("EDITOR", home)));
        assertThat(page(editor, "/jobs/" + id)).contains("Run now");
    }

    @Test
    void whoSignsInComesToThePageThatWasAskedFor() {
        String to =
                request()
                        .urlEncodingEnabled(false)
                        .redirects()
                        .follow(false)
                        .get("/jobs?q=a%20b&page=2")
                        .header("Location");
        assertThat(to).endsWith("/login?to=%2Fjobs%3Fq%3Da%2520b%26page%3D2");
        assertThat(request().urlEncodingEnabled(false).get(to).asString())
                .contains("value=\"/jobs?q=a%20b&amp;page=2\"");

        assertThat(location(signIn(ADMIN, "/jobs?q=a%20b&page=2")))
                .endsWith("/jobs?q=a%20b&page=2");
        for (String elsewhere :
                List.of("//evil.example", "/\\evil.example", "https://evil.example", "jobs", "")) {
            assertThat(location(signIn(ADMIN, elsewhere))).as(elsewhere).isEqualTo(service() + "/");
        }
    }

    private static String location(Response response) {
        assertThat(response.statusCode()).isEqualTo(303);
        return response.header("Location");
    }

    private static Response signIn(String key, String to) {
        return request()
                .redirects()
                .follow(false)
                .contentType("application/x-www-form-urlencoded")
                .formParam("key", key)
                .formParam("to", to)
                .post("/login");
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
        return page(cookie, "/jobs");
    }

    private static String page(String cookie, String path) {
        return request().cookie(Authentication.COOKIE, cookie).get(path).asString();
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
