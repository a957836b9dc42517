package io.carillon.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.carillon.security.Keys.ADMIN;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import io.carillon.security.Keys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Pages of a service that is built with a root path, in a real browser. */
@QuarkusTest
@TestProfile(PrefixedPagesTest.Prefixed.class)
class PrefixedPagesTest {
    private static final String PREFIX = "/carillon";
    private static final int MAX_PAGES = 60;

    /** A service that asks for keys below a path. */
    public static final class Prefixed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(new Keys().getConfigOverrides());
            settings.put("quarkus.http.root-path", PREFIX);
            return settings;
        }
    }

    private final List<String> outside = new CopyOnWriteArrayList<>();

    @Test
    void everyPageAssetLinkAndCallIsBelowTheRootPath() {
        String job =
                tree(Keys.with(ADMIN, aJob("\"0 9 * * *\"")).post(JOBS), 201).get("id").textValue();
        Keys.with(ADMIN, aSubmission()).post("/api/v1/executions");
        Keys.with(ADMIN, object().put("timeZone", "UTC").set("entries", object().arrayNode()))
                .put("/api/v1/calendars/closed");
        try (var browser = Browser.start()) {
            var page = browser.open(service() + PREFIX + "/jobs/" + job);
            page.onRequest(
                    request -> {
                        if (!request.url().startsWith(service() + PREFIX + "/")) {
                            outside.add(request.url());
                        }
                    });
            signIn(page, PREFIX + "/jobs/" + job);
            assertThat(page.context().cookies())
                    .extracting(cookie -> cookie.path)
                    .containsOnly(PREFIX);
            await().until(() -> page.evaluate("stream?.readyState").equals(1));

            page.getByText("Run now").click();
            assertThat(page.locator(".toast")).hasText("Queued");
            page.keyboard().press("/");
            assertThat(page.locator("#found a").first()).isVisible();
            page.keyboard().press("Escape");

            assertThat(walk(page)).hasSizeGreaterThan(15);
            page.navigate(service() + PREFIX + "/jobs");
            page.keyboard().press("g");
            page.keyboard().press("q");
            page.waitForURL("**" + PREFIX + "/queues");

            page.getByText("Sign out").click();
            page.waitForURL("**" + PREFIX + "/login**");
            assertThat(page.context().cookies()).isEmpty();
            assertThat(outside).isEmpty();
            browser.closePages();
        }
    }

    @Test
    void locationsOfTheApiAreBelowTheRootPath() {
        var created = Keys.with(ADMIN, aJob()).post(JOBS);

        assertThat(created.header("Location")).contains(PREFIX + "/api/v1/jobs/");
    }

    /** One that is not known would do what it was to show. */
    @Test
    void unknownParametersOfTheApiAreRefused() {
        assertThat(Keys.with(ADMIN).get(JOBS + "?lmit=1").statusCode()).isEqualTo(400);
    }

    /** Metrics tell names; whoever moves the root path must not uncover them. */
    @Test
    void metricsStillNeedAKey() {
        assertThat(io.carillon.support.Api.get("/q/metrics").statusCode()).isEqualTo(401);
        assertThat(Keys.with(ADMIN).get("/q/metrics").statusCode()).isEqualTo(200);
    }

    private static void signIn(Page page, String to) {
        assertThat(page.url()).startsWith(service() + PREFIX + "/login");
        page.locator("input[name=key]").fill(ADMIN);
        page.locator("button").click();
        page.waitForURL("**" + to);
    }

    /** Follows links from page to page; each must be ours and answered. */
    private static List<String> walk(Page page) {
        var seen = new LinkedHashSet<String>();
        var waiting = new ArrayDeque<>(List.of(PREFIX + "/"));
        var walked = new ArrayList<String>();
        while (!waiting.isEmpty() && walked.size() < MAX_PAGES) {
            String path = waiting.remove();
            if (!seen.add(path)) {
                continue;
            }
            var answer = page.navigate(service() + path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            walked.add(path);
            if (path.startsWith(PREFIX + "/q/")) {
                continue;
            }
            for (var link : links(page)) {
                assertThat(link).as("on " + path).startsWith(PREFIX + "/");
                waiting.add(link.replaceFirst("[?#].*", ""));
            }
        }
        return walked;
    }

    @SuppressWarnings("unchecked")
    private static List<String> links(Page page) {
        return (List<String>)
                page.evaluate(
                        "[...document.querySelectorAll('a[href], link[href], script[src], form[action]')]"
                                + ".map(each => new URL(each.getAttribute('href') ?? each.getAttribute('src') ??"
                                + " each.getAttribute('action'), location).pathname).filter(path => !path.endsWith('/logout'))");
    }
}
