package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.files.FileRoots;
import io.carillon.files.RootFolder;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A folder as an archive of tar, in the format of GNU tar, whose names are bytes like those of
 * POSIX: what is no text in any charset is stored as it is. Links and what is neither a file nor a
 * folder are counted and left out.
 */
final class FolderSource implements Source {
    /** Each level holds an open folder. */
    private static final int MAX_DEPTH = 64;

    private static final int BUFFER = 1 << 16;

    /** Each character is one byte. */
    private static final String BYTES = StandardCharsets.ISO_8859_1.name();

    private final FileRoots roots;
    private final String root;
    private final String folder;
    private final byte[] buffer = new byte[BUFFER];
    private int files;
    private int folders;
    private int skipped;
    private int depth;

    FolderSource(FileRoots roots, String root, String folder) {
        this.roots = roots;
        this.root = root;
        this.folder = folder;
    }

    @Override
    public String suffix() {
        return ".tar";
    }

    @Override
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
        try (var opened = roots.open(root, folder)) {
            // Not closed, since that would close the stream below.
            var tar = new TarArchiveOutputStream(out, BYTES);
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            add(tar, opened, "");
            tar.finish();
        }
    }

    /**
     * @param path the folder's path under the one that is backed up, with a slash at its end
     */
    private void add(TarArchiveOutputStream tar, RootFolder from, String path)
            throws IOException, InterruptedException {
        if (depth++ == MAX_DEPTH) {
            throw new IOException("deeper than %d folders: %s".formatted(MAX_DEPTH, path));
        }
        from.visit(
                (name, attributes) -> {
                    String below = path + bytesOf(name);
                    if (attributes.isDirectory()) {
                        addFolder(tar, from, name, below + "/", attributes);
                    } else if (attributes.isRegularFile()) {
                        addFile(tar, from, name, below, attributes);
                    } else {
                        skipped++;
                    }
                });
        depth--;
    }

    private void addFolder(
            TarArchiveOutputStream tar,
            RootFolder from,
            Path name,
            String path,
            PosixFileAttributes attributes)
            throws IOException, InterruptedException {
        RootFolder below;
        try {
            below = from.folder(name);
        } catch (NoSuchFileException gone) {
            return;
        }
        try (below) {
            tar.putArchiveEntry(entry(path, attributes, 0));
            tar.closeArchiveEntry();
            folders++;
            add(tar, below, path);
        }
    }

    private void addFile(
            TarArchiveOutputStream tar,
            RootFolder from,
            Path name,
            String path,
            PosixFileAttributes attributes)
            throws IOException {
        try (var file = from.read(name)) {
            tar.putArchiveEntry(entry(path, attributes, file.size()));
            copy(Channels.newInputStream(file), tar, file.size(), name);
            tar.closeArchiveEntry();
            files++;
        } catch (NoSuchFileException gone) {
            // Deleted by somebody else meanwhile.
        }
    }

    /** Copies as many bytes as the entry's head says, also if the file grows meanwhile. */
    private void copy(InputStream in, OutputStream out, long length, Path name) throws IOException {
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException(name + " became shorter while it was read");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private static TarArchiveEntry entry(String path, PosixFileAttributes attributes, long size) {
        var entry = new TarArchiveEntry(path, true);
        entry.setSize(size);
        entry.setMode(
                attributes.permissions().stream()
                        .mapToInt(permission -> 0400 >> permission.ordinal())
                        .sum());
        entry.setModTime(attributes.lastModifiedTime());
        entry.setUserName(attributes.owner().getName());
        entry.setGroupName(attributes.group().getName());
        return entry;
    }

    /** Returns the bytes of a name, each as a character: its text may have lost some. */
    private static String bytesOf(Path name) {
        String uri = name.toUri().getRawPath();
        // Of a folder of this name where the process was started, it ends with a slash.
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        String escaped = uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
        var bytes = new ByteArrayOutputStream();
        for (int at = 0; at < escaped.length(); at++) {
            if (escaped.charAt(at) == '%') {
                bytes.write(HexFormat.fromHexDigits(escaped, at + 1, at + 3));
                at += 2;
            } else {
                bytes.write(escaped.charAt(at));
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads every entry, and counts them. */
    @Override
    public void verify(InputStream in) throws IOException {
        var tar = new TarArchiveInputStream(in, BYTES);
        int entries = 0;
        while (tar.getNextEntry() != null) {
            tar.transferTo(OutputStream.nullOutputStream());
            entries++;
        }
        if (entries != files + folders) {
            throw new IOException("has %d entries, not %d".formatted(entries, files + folders));
        }
    }

    @Override
    public void describe(ObjectNode result) {
        result.put("files", files);
        result.put("folders", folders);
        result.put("skipped", skipped);
    }
}
