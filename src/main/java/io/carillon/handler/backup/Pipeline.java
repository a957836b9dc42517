package io.carillon.handler.backup;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Leads a source into a file or an object and back: compressed, encrypted, and with a checksum of
 * its bytes.
 *
 * @param key null: not encrypted
 */
record Pipeline(Source source, Compression compression, @Nullable AgeKey key) {
    private static final int BUFFER = 1 << 16;

    /** Returns how the file's name ends. */
    String suffix() {
        return source.suffix() + compression.suffix() + (key == null ? "" : ".age");
    }

    /**
     * Writes the file; leaves the stream open.
     *
     * @return its SHA-256 in hexadecimal
     */
    String write(OutputStream file) throws BackupException, IOException, InterruptedException {
        var digest = sha256();
        var raw = new BufferedOutputStream(new DigestOutputStream(file, digest), BUFFER);
        var open = new Unclosed(raw);
        try (var encrypted = key == null ? open : key.encrypting(open);
                var compressed = compression.compressing(encrypted)) {
            source.writeTo(compressed);
        }
        raw.flush();
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Reads the file back: its checksum, and all that it holds.
     *
     * @throws BackupException if it is not what was written
     */
    void verify(InputStream file, String sha256)
            throws BackupException, IOException, InterruptedException {
        var digest = sha256();
        var raw = new DigestInputStream(new BufferedInputStream(file, BUFFER), digest);
        try {
            var compressed = key == null ? raw : key.decrypting(raw);
            var content = compression.decompressing(compressed);
            source.verify(content);
            drain(content);
            drain(compressed);
            drain(raw);
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new BackupException(
                    "BACKUP_UNVERIFIED", "cannot be read back: " + failure.getMessage());
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            throw new BackupException("BACKUP_UNVERIFIED", "is not what was written");
        }
    }

    /** Reads the rest: bytes behind the end may be wrong too. */
    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Its owner closes the file, if all of it was written. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
