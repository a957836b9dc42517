package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * Where the user has logged in: a URL and a key, in a file that only the user may read.
 *
 * @param url without a slash at its end
 */
record Login(String url, String key) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the last login; empty if there is none. */
    static Optional<Login> last(Map<String, String> environment) {
        var file = file(environment);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            JsonNode stored = JSON.readTree(file.toFile());
            return Optional.of(new Login(stored.path("url").asText(), stored.path("key").asText()));
        } catch (IOException unreadable) {
            throw new Failure(
                    Cli.REFUSED, file + " cannot be read; `carillon login` writes it anew.");
        }
    }

    Path save(Map<String, String> environment) {
        var file = file(environment);
        try {
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    file,
                    JSON.writeValueAsString(Map.of("url", url, "key", key)),
                    StandardCharsets.UTF_8);
            return file;
        } catch (IOException | UnsupportedOperationException failure) {
            throw new Failure(Cli.REFUSED, file + " cannot be written: " + failure.getMessage());
        }
    }

    /** Removes the last login; returns false if there is none. */
    static boolean forget(Map<String, String> environment) throws IOException {
        return Files.deleteIfExists(file(environment));
    }

    private static Path file(Map<String, String> environment) {
        String folder = environment.get("XDG_CONFIG_HOME");
        var base =
                folder == null || folder.isEmpty()
                        ? Path.of(environment.getOrDefault("HOME", "."), ".config")
                        : Path.of(folder);
        return base.resolve("carillon").resolve("login.json");
    }
}
