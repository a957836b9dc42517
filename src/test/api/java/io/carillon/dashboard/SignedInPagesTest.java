package io.carillon.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.carillon.security.Keys.ADMIN;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static org.awaitility.Awaitility.await;

import io.carillon.security.Keys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

/** Pages of a service that asks for keys, in a real browser. */
@QuarkusTest
@TestProfile(Keys.class)
class SignedInPagesTest {
    @Test
    void aPageFollowsEventsWithTheCookieOfThePersonWhoSignedIn() {
        String job = tree(Keys.with(ADMIN, aJob()).post(JOBS), 201).get("id").textValue();
        try (var browser = Browser.start()) {
            var page = browser.openStill(service() + "/jobs/" + job);
            page.locator("input[name=key]").fill(ADMIN);
            page.locator("button").click();
            page.waitForURL("**/jobs/" + job);
            await().until(() -> page.evaluate("stream?.readyState").equals(1));
            page.clock().runFor(1000);
            await().until(
                            () ->
                                    page.evaluate(
                                                    "isNews || live().matches('.htmx-request:not(.htmx-added)')")
                                            .equals(false));
            page.clock().runFor(1000);

            Keys.with(ADMIN, object()).post(JOBS + "/" + job + "/trigger");

            assertThat(page.locator("#history tbody tr")).isVisible();
            browser.closePages();
        }
    }
}
