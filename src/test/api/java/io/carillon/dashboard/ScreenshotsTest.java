package io.carillon.dashboard;

import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Makes screenshots of all screens, light and dark, wide and narrow, with a week of a company:
 *
 * <pre>./mvnw test -Dtest=ScreenshotsTest -Dscreenshots=target/screenshots</pre>
 */
@QuarkusTest
@EnabledIfSystemProperty(named = "screenshots", matches = ".+")
class ScreenshotsTest {

    @Test
    void allScreens() {
        DemoWeek.make();
        String chained = DemoSurroundings.make();
        var folder = Path.of(System.getProperty("screenshots"));
        try (var browser = Browser.start()) {
            for (var screen : screens(chained).entrySet()) {
                for (var scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                    for (int width : new int[] {1280, 390}) {
                        var options =
                                new NewContextOptions()
                                        .setColorScheme(scheme)
                                        .setViewportSize(width, width == 390 ? 844 : 860);
                        var page = browser.open(service() + screen.getValue(), options);
                        String name =
                                "%s-%s-%d.png"
                                        .formatted(
                                                screen.getKey(),
                                                scheme.name().toLowerCase(java.util.Locale.ROOT),
                                                width);
                        page.screenshot(new ScreenshotOptions().setPath(folder.resolve(name)));
                        page.context().close();
                    }
                }
            }
        }
    }

    private static Map<String, String> screens(String chained) {
        var jobs = tree(get("/api/v1/jobs?q=data-stock-sync"), 200).get("items");
        String job = jobs.get(0).get("id").textValue();
        var paused = tree(get("/api/v1/jobs?q=fraud-newsletter"), 200).get("items").get(0);
        post("/api/v1/jobs/{id}/pause", paused.get("id").textValue());
        String failed =
                tree(get("/api/v1/executions?state=FAILED&limit=1"), 200)
                        .get("items")
                        .get(0)
                        .get("id")
                        .textValue();
        var screens = new LinkedHashMap<String, String>();
        screens.put("overview", "/");
        screens.put("jobs", "/jobs");
        screens.put("job", "/jobs/" + job);
        screens.put("form", "/jobs/new");
        screens.put("executions", "/executions");
        screens.put("execution", "/executions/" + failed);
        screens.put("chain", "/executions/" + chained);
        screens.put("dead-letters", "/dead-letters");
        screens.put("queues", "/queues");
        screens.put("workers", "/workers");
        screens.put("forecast", "/forecast");
        screens.put("calendars", "/calendars");
        screens.put("calendar", "/calendars/closed?year=2027");
        screens.put("http-form", "/jobs/new?type=http");
        screens.put("rules", "/rules");
        screens.put("secrets", "/secrets");
        screens.put("keys", "/keys");
        screens.put("namespaces", "/namespaces");
        screens.put("audit", "/audit");
        screens.put("import", "/import");
        return screens;
    }
}
