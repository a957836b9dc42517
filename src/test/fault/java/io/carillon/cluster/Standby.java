package io.carillon.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.awaitility.Awaitility;

/** A streaming standby of a {@link TestPostgres}, made from a copy of its folder while it runs. */
final class Standby implements AutoCloseable {
    /** What belongs to the running primary, and the WAL, which is streamed. */
    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

    private final EmbeddedPostgres server;

    Standby(TestPostgres primary) throws IOException, SQLException {
        var data = Files.createTempDirectory("carillon-standby-").resolve("postgres");
        String label;
        try (var connection = primary.connect()) {
            text(connection, "select pg_backup_start('standby', true)::text");
            copy(primary.directory(), data);
            label = text(connection, "select labelfile from pg_backup_stop(false)");
        }
        Files.writeString(data.resolve("backup_label"), label);
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=%d user=postgres'%n"
                        .formatted(primary.port()),
                StandardOpenOption.APPEND);
        server =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
        awaitSender(primary, "state = 'streaming'");
    }

    /** Has every commit of the primary wait until it is flushed here. */
    void becomeSynchronous(TestPostgres primary) throws SQLException {
        try (var connection = primary.connect()) {
            execute(connection, "alter system set synchronous_standby_names = '*'");
            text(connection, "select pg_reload_conf()::text");
        }
        awaitSender(primary, "sync_state = 'sync'");
    }

    /** From now on nothing arrives here: it is behind by all that the primary does. */
    void fallBehind() throws SQLException {
        try (var connection = connect()) {
            execute(connection, "alter system set primary_conninfo = ''");
            text(connection, "select pg_reload_conf()::text");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    text(
                                                    connection,
                                                    "select count(*)::text from pg_stat_wal_receiver")
                                            .equals("0"));
        }
    }

    /** Takes writes from now on. */
    void promote() throws SQLException {
        try (var connection = connect()) {
            text(connection, "select pg_promote(true, 60)::text");
        }
    }

    int port() {
        return server.getPort();
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port() + "/postgres?user=postgres");
    }

    private static void awaitSender(TestPostgres primary, String condition) throws SQLException {
        try (var connection = primary.connect()) {
            Awaitility.await("a sender with " + condition)
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    text(
                                                    connection,
                                                    "select count(*)::text from pg_stat_replication where "
                                                            + condition)
                                            .equals("1"));
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(folder)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        boolean isWal = file.getParent().endsWith("pg_wal");
                        if (!isWal && !LEFT_OUT.contains(file.getFileName().toString())) {
                            try {
                                Files.copy(file, to.resolve(from.relativize(file)));
                            } catch (NoSuchFileException removedMeanwhile) {
                                // The WAL tells it.
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        // PostgreSQL starts in no folder that others may read.
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
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
