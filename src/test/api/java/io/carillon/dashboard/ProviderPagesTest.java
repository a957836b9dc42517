package io.carillon.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.carillon.security.Keys.ADMIN;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import io.carillon.security.Keys;
import io.carillon.support.FreePort;
import io.carillon.support.Npm;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The example of docs/security.md: people sign in at a real provider in a real browser, and a
 * program gets a token there. Skipped where there is no npm.
 */
@QuarkusTest
@TestProfile(ProviderPagesTest.AsDocumented.class)
class ProviderPagesTest {
    private static final Path EXAMPLE = Path.of("examples", "sign-in", "provider.mjs");
    private static final String PACKAGE = "oidc-provider@8.8.1";
    private static final String NEW_JOB = ".actions a[href$='/jobs/new']";
    private static final Path FOLDER = Path.of("target", "oidc-provider");

    /** The settings of the document, with a port that is free. */
    public static final class AsDocumented implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(new Keys().getConfigOverrides());
            documented()
                    .forEach(
                            (key, value) ->
                                    settings.put(
                                            key.toString(),
                                            value.toString()
                                                    .replace(":9000", ":" + FreePort.find())));
            return settings;
        }

        private static Properties documented() {
            try {
                String section =
                        Files.readString(Path.of("docs", "security.md"))
                                .split("### Trying it out\n")[1];
                var settings = new Properties();
                settings.load(new StringReader(section.split("```")[1].substring(10)));
                return settings;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Inject
    @ConfigProperty(name = "carillon.oidc.issuer")
    String issuer;

    private Process provider;

    @BeforeEach
    void startTheProvider() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Files.copy(EXAMPLE, FOLDER.resolve("provider.mjs"), StandardCopyOption.REPLACE_EXISTING);
        assumeTrue(Npm.install(FOLDER, PACKAGE), "no npm, or it could not install " + PACKAGE);
        var builder =
                new ProcessBuilder("node", "provider.mjs")
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(FOLDER.resolve("log").toFile());
        builder.environment().put("PORT", Integer.toString(URI.create(issuer).getPort()));
        builder.environment().put("CARILLON_ADDRESS", service().toString());
        provider = builder.start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(FOLDER.resolve("log")).contains("listening"));
    }

    @AfterEach
    void stopTheProvider() {
        if (provider != null) {
            provider.destroyForcibly();
        }
    }

    @Test
    void peopleSignInAtTheProviderAndMayWhatTheirGroupsAreGranted() {
        try (var browser = Browser.start()) {
            var anna = browser.open(service() + "/jobs?q=nothing");
            anna.locator("a.provider").click();
            signIn(anna, "anna");
            anna.waitForURL("**/jobs?q=nothing");
            assertThat(anna.locator("footer")).containsText("anna@acme.example");
            assertThat(anna.locator(NEW_JOB)).isVisible();
            anna.locator("text=Sign out").click();
            assertThat(anna.locator("a.provider")).isVisible();

            var bert = browser.open(service() + "/");
            bert.locator("a.provider").click();
            signIn(bert, "bert");
            bert.waitForURL(service() + "/");
            bert.navigate(service() + "/jobs");
            assertThat(bert.locator("footer")).containsText("bert@acme.example");
            assertThat(bert.locator(NEW_JOB)).hasCount(0);
            browser.closePages();
        }
    }

    /** The provider's own pages: who one is, and what Carillon may learn. */
    private static void signIn(Page page, String name) {
        page.locator("input[name=login]").fill(name);
        page.locator("input[name=password]").fill("any");
        page.locator("button[type=submit]").click();
        page.locator("text=Continue").click();
    }

    @Test
    void whoChangesTheirMindIsToldAndMayUseAKey() {
        try (var browser = Browser.start()) {
            var page = browser.open(service() + "/jobs");
            page.locator("a.provider").click();
            page.locator("text=Cancel").click();
            assertThat(page.locator("[role=alert]")).containsText("access_denied");
            page.locator("input[name=key]").fill(ADMIN);
            page.locator("button").click();
            assertThat(page.locator("footer")).containsText("configured admin key");
        }
    }

    @Test
    void aProgramUsesATokenOfTheProvider() {
        String token =
                json(request()
                                .auth()
                                .preemptive()
                                .basic("deploys", "another-secret-for-trying-it-out")
                                .formParam("grant_type", "client_credentials")
                                .post(issuer + "/token")
                                .asString())
                        .get("access_token")
                        .textValue();

        var job = aJob().put("namespace", "billing");
        tree(Keys.with(token, job).post(JOBS), 201);
        assertThat(Keys.with(token, job.put("namespace", "default")).post(JOBS).statusCode())
                .isEqualTo(403);
        assertThat(Keys.with(token).get(JOBS).statusCode()).isEqualTo(200);
    }
}
