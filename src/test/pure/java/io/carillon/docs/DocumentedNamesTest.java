package io.carillon.docs;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Settings, metrics, operations and tests that any document names are there. What is in the tables
 * of settings and of metrics is compared with the code by tests of their own.
 */
class DocumentedNamesTest {
    private static final Pattern SETTING =
            Pattern.compile("(?<![\\w./-])(carillon\\.[a-z-]+(?:\\.[a-z-]+)+)");
    private static final Pattern VARIABLE = Pattern.compile("\\b((?:CARILLON|QUARKUS)_[A-Z0-9_]+)");
    private static final Pattern METRIC = Pattern.compile("\\b(carillon_\\w+)");
    private static final Pattern SERIES = Pattern.compile("(?<=_seconds)_(bucket|count|sum|max)$");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*[a-z]\\w*(?:IT|Test))`");
    private static final Pattern OPERATION =
            Pattern.compile("\\b(GET|POST|PUT|PATCH|DELETE) (/[a-z][\\w/{}-]*)");

    private static final Pattern KEY =
            Pattern.compile("^\\| `(carillon\\.[^`]+)` \\|", Pattern.MULTILINE);
    private static final Pattern METER =
            Pattern.compile("^\\| `(carillon_\\w+)` \\|", Pattern.MULTILINE);
    private static final Pattern ATTRIBUTE = Pattern.compile("put\\(\"(carillon\\.[\\w.]+)\"");
    private static final String FAMILY = ".<name>";

    /**
     * What is not a setting but looks like one: files, hosts, and those of the tests themselves.
     */
    private static final Pattern OTHER =
            Pattern.compile(".*\\.(yaml|json|com)|carillon\\.(chaos|soak)\\..*");

    /** What Kubernetes sets for a Service named carillon; Terraform's variables. */
    private static final Set<String> OF_OTHERS =
            Set.of(
                    "CARILLON_PORT",
                    "CARILLON_PORT_8080_TCP_ADDR",
                    "CARILLON_SERVICE_HOST",
                    "carillon_key",
                    "carillon_url");

    @Test
    void everySettingThatIsNamedIsThere() throws IOException {
        var keys = keys();
        // Of spans: they look like settings.
        var attributes = new HashSet<String>();
        ProjectFiles.sources()
                .forEach(
                        source ->
                                ATTRIBUTE
                                        .matcher(source)
                                        .results()
                                        .forEach(it -> attributes.add(it.group(1))));

        assertThat(
                        unknown(
                                SETTING,
                                1,
                                name ->
                                        OTHER.matcher(name).matches()
                                                || attributes.contains(name)
                                                || keys.stream().anyMatch(it -> is(it, name))))
                .isEmpty();
    }

    @Test
    void everyEnvironmentVariableThatIsNamedIsThere() throws IOException {
        var variables = new HashSet<>(ProjectFiles.settings());
        ProjectFiles.sources()
                .forEach(
                        source ->
                                VARIABLE.matcher(source)
                                        .results()
                                        .forEach(it -> variables.add(it.group(1))));
        var families =
                keys().stream()
                        .filter(key -> key.endsWith(FAMILY))
                        .map(key -> ProjectFiles.variable(key.replace("<name>", "")))
                        .toList();

        assertThat(
                        unknown(
                                VARIABLE,
                                1,
                                name ->
                                        OF_OTHERS.contains(name)
                                                || variables.contains(name)
                                                || families.stream().anyMatch(name::startsWith)))
                .isEmpty();
    }

    private static boolean is(String key, String name) {
        return key.equals(name)
                || key.endsWith(FAMILY)
                        && (key.equals(name + FAMILY)
                                || name.startsWith(key.replace("<name>", "")));
    }

    private static Set<String> keys() {
        return KEY.matcher(ProjectFiles.document("configuration.md"))
                .results()
                .map(it -> it.group(1))
                .collect(toSet());
    }

    @Test
    void everyMetricThatIsNamedIsThere() throws IOException {
        var meters =
                METER.matcher(ProjectFiles.document("metrics.md"))
                        .results()
                        .map(it -> it.group(1))
                        .collect(toSet());

        assertThat(
                        unknown(
                                METRIC,
                                1,
                                name ->
                                        OF_OTHERS.contains(name)
                                                || meters.contains(
                                                        SERIES.matcher(name).replaceFirst(""))))
                .isEmpty();
    }

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Set<String> tests;
        try (var files = Files.walk(Path.of("src", "test"))) {
            tests =
                    files.map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
                            .collect(toSet());
        }

        assertThat(unknown(TEST, 1, tests::contains)).isEmpty();
    }

    @Test
    void everyOperationThatIsNamedIsThere() throws IOException {
        var operations = operations();
        assertThat(operations).contains("POST /api/v1/jobs/{}/pause");

        assertThat(
                        unknown(
                                OPERATION,
                                0,
                                named ->
                                        named.contains(" /q/")
                                                || operations.stream()
                                                        .anyMatch(it -> isNamed(it, named))))
                .isEmpty();
    }

    /** By its path under {@code /api/v1} or with it; a name may stand in place of a parameter. */
    private static boolean isNamed(String operation, String named) {
        String pattern =
                Stream.of(operation.split("\\{}", -1))
                        .map(Pattern::quote)
                        .reduce((before, after) -> before + "[^/]+" + after)
                        .orElseThrow();
        return named.matches(pattern) || named.replaceFirst(" /", " /api/v1/").matches(pattern);
    }

    /** Each as {@code POST /api/v1/jobs/{}/pause}. */
    private static Set<String> operations() {
        var operations = new TreeSet<String>();
        String path = "";
        for (String line : ProjectFiles.document("openapi.yaml").lines().toList()) {
            if (line.matches("  /\\S+:")) {
                path = line.strip().replace(":", "").replaceAll("\\{[^}]*}", "{}");
            } else if (line.matches("    (get|post|put|patch|delete):")) {
                String method = line.strip().replace(":", "").toUpperCase(Locale.ROOT);
                operations.add(method + " " + path);
            }
        }
        return operations;
    }

    private static List<String> unknown(Pattern pattern, int group, Predicate<String> known)
            throws IOException {
        var unknown = new ArrayList<String>();
        int seen = 0;
        for (var document : documents()) {
            var names =
                    pattern.matcher(Files.readString(document))
                            .results()
                            .map((MatchResult it) -> it.group(group))
                            .toList();
            seen += names.size();
            names.stream()
                    .filter(name -> !known.test(name))
                    .forEach(name -> unknown.add(document + ": " + name));
        }
        assertThat(seen).isGreaterThan(10);
        return unknown;
    }

    /** Not the changelog and the decisions, which tell of what was. */
    private static List<Path> documents() throws IOException {
        var documents = new ArrayList<Path>();
        for (String folder : new String[] {"docs", "k8s", "examples"}) {
            try (var files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.startsWith(Path.of("docs", "adr")))
                        .forEach(documents::add);
            }
        }
        Stream.of("README.md", "CONTRIBUTING.md", "UPGRADING.md")
                .map(Path::of)
                .forEach(documents::add);
        return documents;
    }
}
