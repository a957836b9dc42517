package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads the subject of a backup, in one attempt. */
sealed interface Source permits DumpSource, FolderSource {
    /** Returns how the names of such files end, before compression and encryption. */
    String suffix();

    /** Writes the backup; leaves the stream open. */
    void writeTo(OutputStream out) throws BackupException, IOException, InterruptedException;

    /**
     * Reads the written backup back, perhaps not to its end.
     *
     * @throws IOException if it cannot be read, or is not what was written
     */
    void verify(InputStream in) throws BackupException, IOException, InterruptedException;

    /** Adds to the result what was backed up. */
    void describe(ObjectNode result);
}
