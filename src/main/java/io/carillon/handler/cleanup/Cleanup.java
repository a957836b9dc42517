package io.carillon.handler.cleanup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.files.RootFolder;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Cleans a folder once, and counts what it did. */
final class Cleanup {
    /** Each level holds an open folder. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_NAMES = 100;

    private final CleanupConfig config;
    private final NamePattern names;
    private final Instant modifiedBefore;
    private final List<String> examples = new ArrayList<>();
    private int matched;
    private long bytes;
    private int failed;
    private int depth;

    Cleanup(CleanupConfig config, Instant modifiedBefore) {
        this.config = config;
        this.names = config.names();
        this.modifiedBefore = modifiedBefore;
    }

    int failed() {
        return failed;
    }

    ObjectNode result() {
        var result = JsonNodeFactory.instance.objectNode();
        result.put("dryRun", config.onlyCounts());
        result.put(config.onlyCounts() ? "wouldDelete" : "deleted", matched);
        result.put("bytes", bytes);
        result.put("failed", failed);
        result.put("isComplete", matched < config.limit());
        var files = result.putArray("files");
        examples.forEach(files::add);
        return result;
    }

    /**
     * @param path the folder's path under the cleaned one, with a slash at its end
     */
    void clean(RootFolder folder, String path) throws IOException, InterruptedException {
        folder.visit(
                (name, attributes) -> {
                    if (matched >= config.limit()) {
                        return;
                    }
                    if (attributes.isDirectory()) {
                        if (config.goesDown()) {
                            cleanBelow(folder, name, path);
                        }
                    } else if (attributes.isRegularFile() && isMeant(name, attributes)) {
                        delete(folder, name, path, attributes);
                    }
                });
    }

    private boolean isMeant(Path name, BasicFileAttributes attributes) {
        return attributes.lastModifiedTime().toInstant().isBefore(modifiedBefore)
                && names.matches(name.toString());
    }

    private void cleanBelow(RootFolder folder, Path name, String path) throws InterruptedException {
        if (depth == MAX_DEPTH) {
            failed++;
            return;
        }
        depth++;
        try (var below = folder.folder(name)) {
            clean(below, path + name + "/");
        } catch (NoSuchFileException gone) {
            // Deleted by somebody else meanwhile.
        } catch (IOException unreadable) {
            failed++;
        } finally {
            depth--;
        }
    }

    private void delete(RootFolder folder, Path name, String path, BasicFileAttributes attributes) {
        try {
            if (!config.onlyCounts()) {
                folder.delete(name);
            }
            matched++;
            bytes += attributes.size();
            if (examples.size() < MAX_NAMES) {
                // PostgreSQL's jsonb cannot hold U+0000, and no file name has it.
                examples.add(path + name);
            }
        } catch (NoSuchFileException gone) {
            // Deleted by somebody else meanwhile.
        } catch (IOException undeletable) {
            failed++;
        }
    }
}
