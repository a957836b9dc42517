package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.files.RootFolder;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The folder to which backups of a job are written. */
final class FolderDestination implements Destination {
    private final RootFolder folder;
    private final String path;
    private final BackupNames names;

    /**
     * @param path of the folder under its root
     */
    FolderDestination(RootFolder folder, String path, BackupNames names) {
        this.folder = folder;
        this.path = path;
        this.names = names;
    }

    @Override
    public Written write(Pipeline pipeline, Instant madeAt, long epoch)
            throws BackupException, IOException, InterruptedException {
        String file = names.backup(madeAt, pipeline.suffix());
        var temporary = Path.of(BackupNames.temporary(file, epoch));
        boolean isKept = false;
        try {
            String sha256;
            try (var channel = folder.create(temporary)) {
                sha256 = pipeline.write(Channels.newOutputStream(channel));
                channel.force(true);
            }
            long bytes;
            try (var channel = folder.read(temporary)) {
                bytes = channel.size();
                pipeline.verify(Channels.newInputStream(channel), sha256);
            }
            folder.rename(temporary, Path.of(file));
            isKept = true;
            return new Written(file, bytes, sha256);
        } finally {
            if (!isKept) {
                discard(temporary);
            }
        }
    }

    private void discard(Path temporary) {
        try {
            folder.delete(temporary);
        } catch (NoSuchFileException neverMade) {
            // Its creation has failed.
        } catch (IOException undeletable) {
            Log.warnf("temporary file left behind file=%s: %s", temporary, undeletable);
        }
    }

    @Override
    public void describe(String file, ObjectNode result) {
        result.put("file", path.isEmpty() ? file : path + "/" + file);
    }

    @Override
    public List<String> prune(String latest, int keep, Instant abandonedBefore)
            throws IOException, InterruptedException {
        var backups = new ArrayList<String>();
        var abandoned = new ArrayList<Path>();
        folder.visit(
                (name, attributes) -> {
                    String file = name.toString();
                    if (!attributes.isRegularFile()) {
                        return;
                    }
                    if (names.madeAt(file) != null) {
                        backups.add(file);
                    } else if (names.isTemporary(file)
                            && attributes
                                    .lastModifiedTime()
                                    .toInstant()
                                    .isBefore(abandonedBefore)) {
                        abandoned.add(name);
                    }
                });
        for (var file : abandoned) {
            folder.delete(file);
        }
        var old = names.old(backups, latest, keep);
        for (String file : old) {
            delete(file);
        }
        return old;
    }

    /** Another execution of the job may have deleted it. */
    private void delete(String file) throws IOException {
        try {
            folder.delete(Path.of(file));
        } catch (NoSuchFileException gone) {
            Log.debugf("deleted meanwhile file=%s", file);
        }
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
