package io.carillon.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real PostgreSQL whose clock a test sets, by libfaketime, while it runs. */
final class ShiftedPostgres implements AutoCloseable {
    private final Path directory;
    private final Path offset;
    private final int port;
    private final Process server;

    ShiftedPostgres(Instant at) throws IOException, SQLException {
        directory = Files.createTempDirectory("carillon-shifted-");
        offset = directory.resolve("offset");
        var data = directory.resolve("postgres");
        String binaries;
        // Unpacks PostgreSQL and makes the data directory; then it starts again with another clock.
        try (var unshifted =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setLocaleConfig("locale", "C")
                        .start()) {
            port = unshifted.getPort();
            try (var connection = connect();
                    var statement = connection.createStatement();
                    var row =
                            statement.executeQuery(
                                    "select setting from pg_config where name = 'BINDIR'")) {
                row.next();
                binaries = row.getString(1);
            }
        }
        set(at);
        var command = new ArrayList<>(FakeTime.shiftedBy("+0"));
        command.addAll(
                List.of(
                        "env",
                        "-u",
                        "FAKETIME",
                        "FAKETIME_TIMESTAMP_FILE=" + offset,
                        "FAKETIME_NO_CACHE=1",
                        "FAKETIME_DONT_FAKE_MONOTONIC=1"));
        if ("root".equals(System.getProperty("user.name"))) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(
                List.of(
                        binaries + "/postgres",
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-k",
                        ""));
        server =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        Awaitility.await("PostgreSQL up, see " + directory)
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> !connect().isClosed());
    }

    String url() {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    /** Sets the clock; it goes on from there. */
    void set(Instant at) {
        try {
            Files.writeString(
                    offset, "%+d".formatted(Duration.between(Instant.now(), at).toSeconds()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        server.descendants().forEach(ProcessHandle::destroy);
        server.destroy();
        try {
            if (!server.waitFor(10, TimeUnit.SECONDS)) {
                server.descendants().forEach(ProcessHandle::destroyForcibly);
                server.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
