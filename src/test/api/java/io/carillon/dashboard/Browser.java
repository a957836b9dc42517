package io.carillon.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real Chromium of this machine; tests that need one are skipped where there is none. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "google-chrome", "chrome");
    private static final double PATIENCE_MILLIS = 20_000;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> complaints = new ArrayList<>();

    private Browser(Path program) {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium =
                playwright
                        .chromium()
                        .launch(
                                new LaunchOptions()
                                        .setExecutablePath(program)
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-dev-shm-usage")));
    }

    static Browser start() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        var program = find();
        assumeTrue(program.isPresent(), () -> "none of " + NAMES + " is installed");
        return new Browser(program.get());
    }

    private static Optional<Path> find() {
        var folders = System.getenv("PATH").split(File.pathSeparator, -1);
        return NAMES.stream()
                .flatMap(name -> Arrays.stream(folders).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a page; whatever the browser complains of, such as a refused script, is kept. */
    Page open(String url) {
        return open(url, new NewContextOptions());
    }

    Page open(String url, NewContextOptions options) {
        return open(url, chromium.newContext(options));
    }

    /** Opens a page whose timers stand still until the test moves them. */
    Page openStill(String url) {
        var context = chromium.newContext();
        context.clock().install();
        context.clock().pauseAt(System.currentTimeMillis() + 1000);
        return open(url, context);
    }

    private Page open(String url, BrowserContext context) {
        context.setDefaultTimeout(PATIENCE_MILLIS);
        var page = context.newPage();
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error") || message.type().equals("warning")) {
                        complaints.add(message.text());
                    }
                });
        page.onPageError(complaints::add);
        page.navigate(url);
        return page;
    }

    /**
     * Closes all pages; the browser must not have complained of anything but an answer that a test
     * provokes.
     */
    void closePages() {
        List.copyOf(chromium.contexts()).forEach(context -> context.close());
        var heard = List.copyOf(complaints);
        complaints.clear();
        assertThat(heard)
                .filteredOn(
                        complaint ->
                                !complaint.startsWith("Failed to load resource")
                                        && !complaint.startsWith("htmx:"))
                .isEmpty();
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
