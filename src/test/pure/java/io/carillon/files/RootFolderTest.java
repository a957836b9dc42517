package io.carillon.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootFolderTest {
    @TempDir Path root;
    @TempDir Path outside;

    @BeforeEach
    void make() throws IOException {
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/b/mine"), "mine");
        Files.writeString(outside.resolve("mine"), "precious");
    }

    /** A check of the path, and then the path, would delete the other's. */
    @Test
    void aFolderThatBecomesALinkAfterItWasOpenedLeadsNowhereElse() throws IOException {
        try (var folder = RootFolder.open(root, "a/b")) {
            Files.move(root.resolve("a/b"), root.resolve("a/moved"));
            Files.createSymbolicLink(root.resolve("a/b"), outside);

            folder.delete(Path.of("mine"));
        }

        assertThat(outside.resolve("mine")).exists();
        assertThat(root.resolve("a/moved/mine")).doesNotExist();
    }

    @Test
    void noPartOfAPathIsALink() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createSymbolicLink(root.resolve("a/b/file"), outside.resolve("mine"));

        assertThatThrownBy(() -> RootFolder.open(root, "link")).isInstanceOf(IOException.class);
        try (var folder = RootFolder.open(root, "a/b")) {
            assertThatThrownBy(() -> folder.read(Path.of("file"))).isInstanceOf(IOException.class);
            assertThat(folder.attributes(Path.of("file")).isSymbolicLink()).isTrue();
        }
    }

    @Test
    void whatIsWrittenReplacesALinkAndItsTargetStays() throws IOException {
        Files.createSymbolicLink(root.resolve("a/b/link"), outside.resolve("mine"));

        try (var folder = RootFolder.open(root, "a/b")) {
            folder.write(Path.of("link"), "new".getBytes(UTF_8));
            folder.write(Path.of("mine"), "mine again".getBytes(UTF_8));
        }

        assertThat(outside.resolve("mine")).hasContent("precious");
        assertThat(root.resolve("a/b/link"))
                .hasContent("new")
                .satisfies(file -> assertThat(Files.isRegularFile(file, NOFOLLOW_LINKS)).isTrue());
        assertThat(root.resolve("a/b/mine")).hasContent("mine again");
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        Files.createDirectories(root.resolve("a/folder/full"));

        try (var folder = RootFolder.open(root, "a")) {
            assertThatThrownBy(() -> folder.write(Path.of("folder"), new byte[1]))
                    .isInstanceOf(IOException.class);
        }

        try (var names = Files.list(root.resolve("a"))) {
            assertThat(names.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("b", "folder");
        }
    }

    @Test
    void visitsEveryEntryOnce() throws Exception {
        var names = new ArrayList<String>();
        try (var folder = RootFolder.open(root, "")) {
            folder.visit((name, attributes) -> names.add(name + " " + attributes.isDirectory()));
        }

        assertThat(names).containsExactly("a true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/..", "/a", "a/", "a//b", ".", "./a", "a\0b"})
    void aPathThatCouldLeadOutIsRefused(String path) {
        assertThat(RootFolder.fault(path)).isPresent();
        assertThatThrownBy(() -> RootFolder.open(root, path)).isInstanceOf(IOException.class);
    }
}
