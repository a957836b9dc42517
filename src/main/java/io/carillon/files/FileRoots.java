package io.carillon.files;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the folders in which jobs may work, by name. */
@ApplicationScoped
public class FileRoots {
    private final Map<String, Path> byName = new TreeMap<>();

    FileRoots(FilesConfig config) {
        config.roots().forEach((name, path) -> byName.put(name, Path.of(path)));
    }

    /** Explains in a sentence why there is no such root; empty if there is one. */
    public Optional<String> lack(String name) {
        return byName.containsKey(name)
                ? Optional.empty()
                : Optional.of(
                        byName.isEmpty()
                                ? "there is no root: the administrator has set no carillon.files.roots"
                                : "there is no root '%s'; roots are %s"
                                        .formatted(name, String.join(", ", byName.keySet())));
    }

    /** Whether a folder is another one or below it, by their paths; both roots exist. */
    public boolean isWithin(String name, String folder, String otherName, String otherFolder) {
        return path(name, folder).startsWith(path(otherName, otherFolder));
    }

    private Path path(String name, String folder) {
        return Objects.requireNonNull(byName.get(name)).resolve(folder).normalize();
    }

    /**
     * Opens a folder under a root; the caller closes it.
     *
     * @param folder relative, with slashes; empty for the root itself
     * @throws IOException if it does not exist, or a link leads to it
     */
    public RootFolder open(String name, String folder) throws IOException {
        var root = byName.get(name);
        if (root == null) {
            throw new IOException(lack(name).orElse(name));
        }
        return RootFolder.open(root, folder);
    }
}
