package io.carillon.handler.backup;

import io.carillon.files.RootFolder;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The folder to which backups of a job are written. */
final class Destination {
    /** A temporary file that nobody has written to for so long has been left behind. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final RootFolder folder;
    private final BackupNames names;

    Destination(RootFolder folder, BackupNames names) {
        this.folder = folder;
        this.names = names;
    }

    /** Describes a written backup. */
    record Written(String file, long bytes, String sha256) {}

    /** Writes a backup, reads it back and gives it its name; leaves nothing behind if it fails. */
    Written write(Pipeline pipeline, Instant madeAt, long epoch)
            throws BackupException, IOException, InterruptedException {
        String file = names.backup(madeAt, pipeline.suffix());
        var temporary = Path.of(BackupNames.temporary(file, epoch));
        boolean isKept = false;
        try {
            String sha256;
            try (var channel = folder.create(temporary)) {
                sha256 = pipeline.write(channel);
            }
            long bytes;
            try (var channel = folder.read(temporary)) {
                bytes = channel.size();
                pipeline.verify(channel, sha256);
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

    /**
     * Deletes this job's backups but the newest, and what killed attempts have left.
     *
     * @param latest is kept in any case
     * @param keep how many are kept, with the latest
     * @return the names of deleted backups, the oldest first
     */
    List<String> prune(String latest, int keep, Instant now)
            throws IOException, InterruptedException {
        var backups = new ArrayList<String>();
        var abandoned = new ArrayList<Path>();
        folder.visit(
                (name, attributes) -> {
                    String file = name.toString();
                    if (!attributes.isRegularFile()) {
                        return;
                    }
                    if (names.madeAt(file) != null && !file.equals(latest)) {
                        backups.add(file);
                    } else if (names.isTemporary(file)
                            && attributes
                                    .lastModifiedTime()
                                    .toInstant()
                                    .isBefore(now.minus(ABANDONED))) {
                        abandoned.add(name);
                    }
                });
        for (var file : abandoned) {
            folder.delete(file);
        }
        backups.sort(Comparator.comparing(names::madeAt));
        var old = List.copyOf(backups.subList(0, Math.max(0, backups.size() - keep + 1)));
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
}
