package io.carillon.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder in which jobs of tests may work: the root {@code tests}. */
public final class FilesRoot {
    public static final Path PATH = made();

    private FilesRoot() {}

    private static Path made() {
        try {
            return Files.createDirectories(
                    Path.of("target/files-of-tests").toAbsolutePath().normalize());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
