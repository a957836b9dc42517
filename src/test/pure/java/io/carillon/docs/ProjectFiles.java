package io.carillon.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The project's own files, as tests of the documents read them: from the project's folder. */
final class ProjectFiles {
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
