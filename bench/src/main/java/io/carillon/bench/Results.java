package io.carillon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Results as they come: a JSON line each, on standard output and in a file. */
final class Results {
    private final Path file;
    private final List<Result> results = new ArrayList<>();

    Results(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    List<Result> all() {
        return List.copyOf(results);
    }

    void add(Result result) {
        results.add(result);
        String line = result.toJson();
        System.out.println(line);
        try {
            Files.writeString(
                    file,
                    line + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new BenchFailure("The results cannot be written to " + file, failure);
        }
    }

    /** What goes on, for whoever watches. */
    static void say(String format, Object... values) {
        System.err.println("bench: " + format.formatted(values));
    }
}
