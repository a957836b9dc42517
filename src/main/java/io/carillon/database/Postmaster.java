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
 * The server that a data directory's {@code postmaster.pid} tells of. The file outlives a crash,
 * its process id and its port may be another program's by now, and a copied folder has a copied
 * file; so a server is used only after it was asked which directory it serves.
 *
 * @param directory as the server wrote it, which is another's in a copied folder
 * @param startedAt seconds, as the server wrote them
 */
record Postmaster(long pid, Path directory, String startedAt, int port) {
    private static final String FILE = "postmaster.pid";

    /** Of a healthy server on the same machine; a program that says nothing costs no more. */
    private static final int ANSWER_SECONDS = 3;

    @Language("SQL")
    private static final String WHO_ARE_YOU =
            """
            select current_setting('data_directory'), pg_read_file('postmaster.pid'),
                   (select system_identifier from pg_control_system())
            """;

    /** Empty where there is no such file, or one that is still being written. */
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

    /** Whether a process has the id, and is a PostgreSQL as far as the system tells. */
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

    /** Whether the server that answers on the port says that it serves {@code wanted}. */
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

    /** The first eight bytes of the control file, in the order of the machine. */
    private static long systemIdentifier(Path directory) throws IOException {
        try (var control = Files.newInputStream(directory.resolve("global/pg_control"))) {
            return ByteBuffer.wrap(control.readNBytes(Long.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .getLong();
        }
    }
}
