package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The changes of {@code mutations/changes.txt} can be made, and their tests are there. */
class MutationsTest {
    private static final Path CODE = Path.of("src/main/java/io/carillon");
    private static final Pattern CHANGE =
            Pattern.compile(
                    "(?s)(?<name>[^\n]+)\n(?<file>[^\n]+)\n(?<tests>[^\n]+)\n- (?<text>.*?)\n\\+ .*");

    private record Change(String name, String file, List<String> tests, String text) {}

    @Test
    void eachTextIsThereOnce() throws IOException {
        for (var change : changes()) {
            var code = Files.readString(CODE.resolve(change.file));
            var found = code.split(Pattern.quote(change.text), -1).length - 1;
            assertThat(found).as(change.name + ": " + change.text).isEqualTo(1);
        }
    }

    @Test
    void eachTestIsThere() throws IOException {
        Set<String> classes;
        try (var files = Files.walk(Path.of("src/test"))) {
            classes =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".java"))
                            .map(name -> name.replace(".java", ""))
                            .collect(Collectors.toSet());
        }
        for (var change : changes()) {
            assertThat(classes).as(change.name).containsAll(change.tests);
        }
    }

    private static List<Change> changes() throws IOException {
        var text = Files.readString(Path.of("mutations/changes.txt"));
        var changes =
                Arrays.stream(text.split("\n== "))
                        .skip(1)
                        .map(CHANGE::matcher)
                        .filter(change -> change.matches())
                        .map(
                                change ->
                                        new Change(
                                                change.group("name"),
                                                change.group("file"),
                                                List.of(change.group("tests").split(",")),
                                                change.group("text")))
                        .toList();
        assertThat(changes).hasSize(text.split("\n== ").length - 1);
        return changes;
    }
}
