package io.carillon.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The project's own files, as tests of the documents read them: from the project's folder. */
final class ProjectFiles {
    private static final Pattern DOCUMENTED = Pattern.compile("`((?:carillon|quarkus)\\.[^`]+)`");
    private static final Pattern PORT =
            Pattern.compile("^quarkus\\.http\\.port=(\\d+)$", Pattern.MULTILINE);

    private ProjectFiles() {}

    static String document(String name) {
        return read(Path.of("docs", name));
    }

    static String resource(String name) {
        return read(Path.of("src", "main", "resources", name));
    }

    static void write(String document, String text) throws IOException {
        Files.writeString(Path.of("docs", document), text);
    }

    /** What the documents call a setting, as an environment variable. */
    static Set<String> settings() {
        return DOCUMENTED
                .matcher(document("configuration.md"))
                .results()
                .map(key -> variable(key.group(1)))
                .collect(Collectors.toSet());
    }

    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** As it is shipped: the tests' own is another. */
    static String defaultPort() {
        var port = PORT.matcher(resource("application.properties"));
        if (!port.find()) {
            throw new IllegalStateException("no port in application.properties");
        }
        return port.group(1);
    }

    /** The text of every source file. */
    static List<String> sources() {
        try (var files = Files.walk(Path.of("src", "main", "java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(ProjectFiles::read)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
