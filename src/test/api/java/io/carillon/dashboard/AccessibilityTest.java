package io.carillon.dashboard;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What axe-core finds on the pages by the rules of WCAG 2.2 AA; it is in npm, not in Maven Central:
 *
 * <pre>npm install --prefix target axe-core
 * ./mvnw test -Dtest=AccessibilityTest -Daxe=target/node_modules/axe-core/axe.min.js</pre>
 */
@QuarkusTest
@EnabledIfSystemProperty(named = "axe", matches = ".+")
class AccessibilityTest {
    private static final String RUN =
            """
            async () => {
              const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
              return found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`);
            }
            """;

    @Test
    void noScreenViolatesARule() throws IOException {
        String axe = Files.readString(Path.of(System.getProperty("axe")));
        var job = aJob("\"*/5 * * * *\"");
        job.putObject("config").put("failures", 9);
        job.putObject("retry").put("maxAttempts", 1);
        String id = createdId(job);
        String execution = triggered(id, "{}").get("id").textValue();
        ended(execution);
        String replay =
                tree(post("/api/v1/executions/{id}/replay", execution), 202).get("id").textValue();
        body("{\"entries\": [{\"name\": \"Weekend\", \"days\": [\"SAT\", \"SUN\"]}, {\"time\": {\"from\": \"01:00\", \"to\": \"02:00\"}}]}")
                .put("/api/v1/calendars/axe");
        var found = new ArrayList<String>();
        try (var browser = Browser.start()) {
            for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (String path :
                        List.of(
                                "/",
                                "/jobs",
                                "/jobs/" + id,
                                "/jobs/new",
                                "/executions",
                                "/executions/" + execution,
                                "/executions/" + replay,
                                "/dead-letters",
                                "/queues",
                                "/workers",
                                "/forecast",
                                "/calendars",
                                "/calendars/axe",
                                "/jobs/new?type=http",
                                "/rules",
                                "/secrets",
                                "/keys",
                                "/namespaces",
                                "/audit",
                                "/import",
                                "/login")) {
                    var page =
                            browser.open(
                                    service() + path,
                                    new NewContextOptions()
                                            .setColorScheme(scheme)
                                            .setBypassCSP(true));
                    page.evaluate(axe);
                    var violations = (List<?>) page.evaluate(RUN);
                    violations.forEach(each -> found.add(path + " " + scheme + " " + each));
                    page.context().close();
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
