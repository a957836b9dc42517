package io.carillon.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.carillon.support.Api;
import io.carillon.support.Relay;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pages that events keep up to date. In most of these tests the timers of a page stand still until
 * the test moves them, so that nothing is refreshed because time has passed.
 */
@QuarkusTest
class LivePagesTest {
    private static final String EVENTS = "**/api/v1/events**";

    private static Browser browser;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void theBrowserHasNotComplained() {
        browser.closePages();
    }

    /** Opens a page that follows events, and has refreshed what it showed before it did. */
    private static Page following(String path) {
        var page = browser.openStill(service() + path);
        await().until(() -> isFollowing(page));
        pass(page, 1000);
        await().until(() -> !isBehind(page));
        pass(page, 1000);
        return page;
    }

    private static void pass(Page page, long millis) {
        page.clock().runFor(millis);
    }

    private static boolean isFollowing(Page page) {
        return page.evaluate("stream?.readyState").equals(1);
    }

    /** Whether the page knows of something that it does not show yet. */
    private static boolean isBehind(Page page) {
        return (boolean)
                page.evaluate("isNews || live().matches('.htmx-request:not(.htmx-added)')");
    }

    /** A job whose executions run until they are cancelled: their end is one event and no more. */
    private static String aLongJob() {
        var job = aJob().put("name", unique("long")).put("overlap", "ALLOW");
        job.putObject("config").put("sleep", "5m");
        return createdId(job);
    }

    private static String running(String job) {
        String id = triggered(job, "{}").get("id").textValue();
        inState(id, "RUNNING");
        return id;
    }

    private static void cancel(String execution) {
        post("/api/v1/executions/{id}/cancel", execution).then().statusCode(202);
    }

    private static Locator ended(Page page, String execution) {
        return page.locator(
                "#main tr:has(.mark.cancelled) a[href$='/executions/" + execution + "']");
    }

    @Test
    void anExecutionThatEndsAppearsByItsEvent() {
        String job = aLongJob();
        String execution = running(job);
        var pages =
                List.of(
                        following("/"),
                        following("/jobs/" + job),
                        following("/executions"),
                        following("/executions?namespace=default"));

        cancel(execution);

        for (var page : pages) {
            assertThat(ended(page, execution)).isVisible();
        }
    }

    @Test
    void thePageOfAnExecutionSaysThatItHasEnded() {
        String execution = running(aLongJob());
        var page = following("/executions/" + execution);

        cancel(execution);

        assertThat(page.locator("h1 .mark.cancelled")).isVisible();
    }

    @Test
    void whatOthersDoWithAJobAppears() {
        String name = unique("theirs");
        String job = createdId(aJob("\"0 9 1 1 *\"").put("name", name));
        var list = following("/jobs?q=" + name);
        var page = following("/jobs/" + job);

        post("/api/v1/jobs/{id}/pause", job);

        assertThat(page.locator("h1 .mark.paused")).isVisible();
        assertThat(list.locator("td .mark.paused")).isVisible();
    }

    @Test
    void manyEventsRefreshAPageAtMostOnceASecond() {
        String job = aLongJob();
        var executions = Stream.generate(() -> running(job)).limit(4).toList();
        var page = following("/jobs/" + job);
        var refreshes = new ArrayList<String>();
        page.onRequest(
                request -> {
                    if (request.url().endsWith("/jobs/" + job)) {
                        refreshes.add(request.url());
                    }
                });
        cancel(executions.getFirst());
        assertThat(ended(page, executions.getFirst())).isVisible();

        executions.forEach(LivePagesTest::cancel);
        executions.forEach(Api::ended);
        await().until(() -> isBehind(page));
        assertThat(refreshes).hasSize(1);
        pass(page, 1000);
        pass(page, 1000);

        for (String execution : executions) {
            assertThat(ended(page, execution)).isVisible();
        }
        assertThat(refreshes).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aPageIsNotTakenFromUnderTheHandsOfAPerson() {
        String job = aLongJob();
        String execution = running(job);
        var page = following("/jobs/" + job);
        page.locator("h1").hover();
        page.mouse().down();

        cancel(execution);
        await().until(() -> isBehind(page));
        pass(page, 2000);
        assertThat(isBehind(page)).isTrue();
        assertThat(ended(page, execution)).hasCount(0);

        page.mouse().up();
        pass(page, 1000);
        assertThat(ended(page, execution)).isVisible();
    }

    @Test
    void aHiddenPageLeavesAndIsUpToDateWhenItIsSeenAgain() {
        String job = aLongJob();
        String execution = running(job);
        var page = following("/jobs/" + job);
        hide(page, true);
        assertThat(isFollowing(page)).isFalse();

        cancel(execution);
        Api.ended(execution);
        pass(page, 60_000);
        assertThat(ended(page, execution)).hasCount(0);

        hide(page, false);
        assertThat(ended(page, execution)).isVisible();
        await().until(() -> isFollowing(page));
    }

    /** A browser without a screen hides no tab. */
    private static void hide(Page page, boolean isHidden) {
        page.evaluate(
                "isHidden => { Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });"
                        + " document.dispatchEvent(new Event('visibilitychange')); }",
                isHidden);
    }

    @Test
    void whereTheStreamIsRefusedThePageAsks() {
        String job = aLongJob();
        String execution = running(job);
        var page = browser.openStill(service() + "/queues");
        page.route(EVENTS, route -> route.fulfill(new Route.FulfillOptions().setStatus(429)));
        page.navigate(service() + "/jobs/" + job);
        await().until(() -> page.evaluate("stream.readyState").equals(2));
        pass(page, 1000);
        await().until(() -> !isBehind(page));

        cancel(execution);
        Api.ended(execution);
        assertThat(ended(page, execution)).hasCount(0);
        pass(page, 6000);

        assertThat(ended(page, execution)).isVisible();
        assertThat(page.locator("#gone")).isHidden();

        page.unroute(EVENTS);
        pass(page, 30_000);
        await().until(() -> isFollowing(page));
    }

    @Test
    void anInstantThatComesRefreshesThePage() {
        var at = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.SECONDS);
        var definition = aJob("{\"at\": \"%s\"}".formatted(at));
        definition.putObject("config").put("sleep", "30s");
        String job = createdId(definition);
        var page = following("/jobs/" + job);
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                get("/api/v1/jobs/{id}/executions", job)
                                        .asString()
                                        .contains("RUNNING"));
        assertThat(page.locator(".mark.running")).hasCount(0);

        // Less than until it would be refreshed without a reason.
        pass(page, 10_000);

        assertThat(page.locator("#history .mark.running")).isVisible();
    }

    @Test
    void aLostConnectionIsSaidAndComesBackWithoutLosingThePlace() throws Exception {
        String job = aLongJob();
        var executions = Stream.generate(() -> running(job)).limit(12).toList();
        try (var relay = new Relay(service())) {
            var page = browser.open(relay.address() + "/jobs/" + job);
            page.setViewportSize(1000, 500);
            await().until(() -> isFollowing(page));
            page.locator("#live a.button").focus();
            page.evaluate("scrollTo(0, 300)");

            relay.cut();
            assertThat(page.locator("#gone")).isVisible();
            cancel(executions.getFirst());
            Api.ended(executions.getFirst());
            relay.mend();

            assertThat(page.locator("#gone")).isHidden();
            assertThat(ended(page, executions.getFirst())).isVisible();
            assertThat(page.locator("#live a.button")).isFocused();
            assertThat(page.evaluate("scrollY")).isEqualTo(300);
            await().until(() -> isFollowing(page));
            executions.forEach(LivePagesTest::cancel);
            assertThat(ended(page, executions.getLast())).isVisible();
        }
    }
}
