package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tree of rooms in docs/architecture.md is that of the code. */
class ArchitectureDocTest {
    private static final Path SOURCES = Path.of("src/main/java/io/carillon");
    private static final Pattern ROOM =
            Pattern.compile("^(│   )?[├└]── ([a-z]+)", Pattern.MULTILINE);

    @Test
    void everyRoomIsInTheTreeAndNoOther() throws IOException {
        var documented = new ArrayList<String>();
        String floor = "";
        var line = ROOM.matcher(Files.readString(Path.of("docs/architecture.md")));
        while (line.find()) {
            floor = line.group(1) == null ? line.group(2) : floor;
            documented.add(line.group(1) == null ? floor : floor + "/" + line.group(2));
        }

        try (var folders = Files.walk(SOURCES)) {
            var rooms =
                    folders.filter(each -> Files.exists(each.resolve("package-info.java")))
                            .map(each -> SOURCES.relativize(each).toString().replace('\\', '/'))
                            .filter(each -> !each.isEmpty())
                            .toList();

            assertThat(documented).containsExactlyInAnyOrderElementsOf(rooms);
        }
    }
}
