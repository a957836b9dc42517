package io.carillon.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.intellij.lang.annotations.Language;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Describes the server named in a data directory's {@code postmaster.pid}. The file survives a
 * crash, another program may now have its process id or port, and a copied folder has a copied
 * file. So a server is used only after it has confirmed which directory it serves.
 *
 * @param directory as the server wrote it; in a copied folder, the path of the original
 * @param startedAt in seconds, as the server wrote it
 */
record Postmaster(long pid, Path directory, String startedAt, int port) {
    private static final String FILE = "postmaster.pid";

    /**
     * The time limit for an answer, enough for a healthy server on the same machine; a program that
     * never answers costs no more than this.
     */
    private static final int ANSWER_SECONDS = 3;

    @Language("SQL")
    private static final String WHO_ARE_YOU =
            """
            select current_setting('data_directory'), pg_read_file('postmaster.pid'),
                   (select system_identifier from pg_control_system())
            """;

    /** Reads the file; empty if it does not exist or is still being written. */
    static Optional<Postmaster> of(Path directory) throws IOException {
        var file = directory.resolve(FILE);
        return Files.exists(file) ? parse(Files.readAllLines(file)) : Optional.empty();
    }

    private static Optional<Postmaster> parse(List<String> lines) {
        if (lines.size() < 4) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Postmaster(
                            Long.parseLong(lines.get(0).trim()),
                            Path.of(lines.get(1).trim()),
                            lines.get(2).trim(),
                            Integer.parseInt(lines.get(3).trim())));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    static void forget(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
    }

    /** Whether a process with this id exists and, as far as the system tells, is a PostgreSQL. */
    boolean isAlive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info().command().orElse("postgres").endsWith("postgres"))
                .orElse(false);
    }

    boolean isOf(Path other) {
        try {
            return Files.isSameFile(directory, other);
        } catch (IOException gone) {
            return false;
        }
    }

    /** Whether the server on the port confirms that it serves {@code wanted}. */
    boolean serves(Path wanted) {
        if (!isAlive() || !isOf(wanted)) {
            return false;
        }
        try (var connection = dataSource().getConnection();
                var statement = connection.createStatement();
                var answer = statement.executeQuery(WHO_ARE_YOU)) {
            answer.next();
            return Files.isSameFile(Path.of(answer.getString(1)), wanted)
                    && parse(answer.getString(2).lines().toList()).filter(this::equals).isPresent()
                    && answer.getLong(3) == systemIdentifier(wanted);
        } catch (SQLException | IOException | IllegalArgumentException anotherOrNotYet) {
            return false;
        }
    }

    private PGSimpleDataSource dataSource() {
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName("postgres");
        source.setUser("postgres");
        source.setConnectTimeout(ANSWER_SECONDS);
        source.setLoginTimeout(ANSWER_SECONDS);
        source.setSocketTimeout(ANSWER_SECONDS);
        return source;
    }

    /** Reads the first eight bytes of the control file, in the machine's byte order. */
    private static long systemIdentifier(Path directory) throws IOException {
        try (var control = Files.newInputStream(directory.resolve("global/pg_control"))) {
            return ByteBuffer.wrap(control.readNBytes(Long.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .getLong();
        }
    }
}
