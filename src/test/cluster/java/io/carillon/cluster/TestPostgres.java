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
import org.awaitility.Awaitility;
import org.postgresql.util.PSQLState;

/**
 * A real PostgreSQL of a test's own, on a port of its own, that can be restarted under the
 * replicas.
 */
public final class TestPostgres implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    public TestPostgres() {
        try {
            data = Files.createTempDirectory("carillon-cluster-");
            server = start(0);
            port = server.getPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private EmbeddedPostgres start(int wantedPort) throws IOException {
        var builder =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data.resolve("postgres"))
                        .setCleanDataDirectory(false)
                        .setLocaleConfig("locale", "C")
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("synchronous_commit", "on");
        return (wantedPort == 0 ? builder : builder.setPort(wantedPort)).start();
    }

    public String url() {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
    }

    public int port() {
        return port;
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    /** Where its data are. */
    Path directory() {
        return data.resolve("postgres");
    }

    /** Ends at once, as PostgreSQL does when one of its processes crashes: nothing is flushed. */
    void crash() {
        try {
            var pid = Files.readAllLines(directory().resolve("postmaster.pid")).getFirst();
            new ProcessBuilder("kill", "-QUIT", pid.strip()).inheritIO().start().waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Ends every session of the service. */
    public void endSessions() {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'carillon'");
        } catch (SQLException failure) {
            throw new IllegalStateException("The sessions could not be ended", failure);
        }
    }

    /**
     * Adds a trigger to a table that replicas use. One that has just started builds the indexes of
     * a day beside its work; both lock partitions, so PostgreSQL may refuse the trigger as a
     * deadlock.
     */
    static void addTrigger(Connection connection, String sql) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsMatching(
                        failure ->
                                failure instanceof SQLException refused
                                        && PSQLState.DEADLOCK_DETECTED
                                                .getState()
                                                .equals(refused.getSQLState()))
                .until(
                        () -> {
                            try (var statement = connection.createStatement()) {
                                statement.execute(sql);
                            }
                            return true;
                        });
    }

    /** Away for as long as it takes to start again. */
    public void restart() {
        stop();
        startAgain();
    }

    /** Ends every session at once, and answers nobody until {@link #startAgain}. */
    public void stop() {
        close();
    }

    /** Comes back on the same port with the same data. */
    public void startAgain() {
        try {
            server = start(port);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
