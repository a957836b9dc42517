package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The place to which backups of a job are written, in one attempt. */
sealed interface Destination extends AutoCloseable permits FolderDestination, BucketDestination {
    /** Describes a written backup by its name. */
    record Written(String file, long bytes, String sha256) {}

    /**
     * Writes a backup and reads it back; if it fails, leaves nothing behind that would count as
     * one.
     *
     * @param epoch the attempt's, which no other has
     */
    Written write(Pipeline pipeline, Instant madeAt, long epoch)
            throws BackupException, IOException, InterruptedException;

    /** Adds to the result where the backup is. */
    void describe(String file, ObjectNode result);

    /**
     * Deletes this job's backups but the newest, and what killed attempts have left.
     *
     * @param latest is kept in any case
     * @param keep how many are kept, with the latest
     * @param abandonedBefore what was last written to before it, and is no backup, was left behind
     * @return the names of deleted backups, the oldest first
     */
    List<String> prune(String latest, int keep, Instant abandonedBefore)
            throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
