package io.carillon.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Opens entries of a folder through its descriptor, not its path: POSIX's {@code openat}, {@code
 * renameat} and {@code unlinkat}, without following links. Changes of the path in the meantime have
 * no effect.
 */
public final class RootFolder implements AutoCloseable {
    private static final int MAX_NAME = 255;
    private static final Set<OpenOption> NEW_FILE =
            Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);

    private final SecureDirectoryStream<Path> entries;

    /** Handles an entry; may delete it. */
    @FunctionalInterface
    public interface Visitor {
        void visit(Path name, PosixFileAttributes attributes)
                throws IOException, InterruptedException;
    }

    private RootFolder(SecureDirectoryStream<Path> entries) {
        this.entries = entries;
    }

    /** Explains in a sentence what is wrong with a path under a root; empty if nothing is. */
    public static Optional<String> fault(String path) {
        boolean isFine =
                parts(path)
                        .allMatch(
                                part ->
                                        !part.isEmpty()
                                                && part.length() <= MAX_NAME
                                                && !part.equals(".")
                                                && !part.equals("..")
                                                && isStorable(part));
        return isFine
                ? Optional.empty()
                : Optional.of("expected a path under the root, without '..', such as reports/old");
    }

    private static boolean isStorable(String part) {
        try {
            return Path.of(part).getNameCount() == 1;
        } catch (InvalidPathException unstorable) {
            return false;
        }
    }

    private static Stream<String> parts(String path) {
        return path.isEmpty() ? Stream.of() : Stream.of(path.split("/", -1));
    }

    static RootFolder open(Path root, String path) throws IOException {
        var fault = fault(path);
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        var folder = new RootFolder(secure(root));
        for (String part : parts(path).toList()) {
            try (var outer = folder) {
                folder = outer.folder(Path.of(part));
            }
        }
        return folder;
    }

    @SuppressWarnings("StreamResourceLeak") // It is either returned or closed.
    private static SecureDirectoryStream<Path> secure(Path root) throws IOException {
        var stream = Files.newDirectoryStream(root);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this system cannot open folders without following links");
    }

    /**
     * Opens a folder in this one.
     *
     * @throws NotDirectoryException if it is not a folder, or is a link
     */
    public RootFolder folder(Path name) throws IOException {
        return new RootFolder(entries.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
    }

    /** Opens a file in this folder for reading; does not follow a link. */
    public SeekableByteChannel read(Path name) throws IOException {
        return entries.newByteChannel(
                name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Creates a file in this folder, for its owner alone; there must be no such entry. */
    public FileChannel create(Path name) throws IOException {
        return (FileChannel)
                entries.newByteChannel(
                        name,
                        NEW_FILE,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
    }

    /** Renames an entry of this folder at once, in place of another; it stays so after a crash. */
    public void rename(Path name, Path newName) throws IOException {
        entries.move(name, entries, newName);
        try (var folder =
                (FileChannel)
                        entries.newByteChannel(Path.of("."), Set.of(StandardOpenOption.READ))) {
            folder.force(true);
        }
    }

    /**
     * Writes a file of this folder in place of one of the same name: under another name first, so
     * that nobody sees a part of it. A link of that name is replaced, not followed.
     */
    public void write(Path name, byte[] content) throws IOException {
        var unfinished = Path.of("." + UUID.randomUUID() + ".part");
        try {
            try (var file = (FileChannel) entries.newByteChannel(unfinished, NEW_FILE)) {
                var rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
                // Else a crash could leave the name, and an empty file.
                file.force(true);
            }
            rename(unfinished, name);
        } catch (IOException failure) {
            deleteUnfinished(unfinished, failure);
            throw failure;
        }
    }

    private void deleteUnfinished(Path name, IOException failure) {
        try {
            entries.deleteFile(name);
        } catch (NoSuchFileException absent) {
            // It was not even begun.
        } catch (IOException undeletable) {
            failure.addSuppressed(undeletable);
        }
    }

    /** Deletes a file, or a link itself but not its target. */
    public void delete(Path name) throws IOException {
        entries.deleteFile(name);
    }

    /** Returns the attributes of an entry; of a link, the link's own. */
    public PosixFileAttributes attributes(Path name) throws IOException {
        return entries.getFileAttributeView(
                        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    /**
     * Visits every entry; passes over those deleted meanwhile. Call it once only.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    public void visit(Visitor visitor) throws IOException, InterruptedException {
        try {
            for (var entry : entries) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                var name = entry.getFileName();
                var attributes = attributesIfThere(name);
                if (!attributes.isEmpty()) {
                    visitor.visit(name, attributes.getFirst());
                }
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
    }

    private List<PosixFileAttributes> attributesIfThere(Path name) throws IOException {
        try {
            return List.of(attributes(name));
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }

    @Override
    public void close() throws IOException {
        entries.close();
    }
}
