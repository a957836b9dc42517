package io.carillon.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
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

/** A durable PostgreSQL that can crash, start again, and have a standby. */
final class PostgresServer implements AutoCloseable {
    /** The role of replicas: no superuser, so that connections are left for the driver. */
    static final String SERVICE = "carillon";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    /** What belongs to the running primary. */
    private static final Set<String> NOT_COPIED =
            Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

    private final Path data;
    private EmbeddedPostgres server;

    private PostgresServer(Path data, int port) {
        this.data = data;
        this.server = start(data, port);
    }

    /** A new one, with an empty database of the service. */
    static PostgresServer create(Path data) {
        var created = new PostgresServer(data, 0);
        created.execute("create role carillon login");
        created.execute("create database carillon owner carillon");
        return created;
    }

    int port() {
        return server.getPort();
    }

    /** A superuser's connection to the service's database. */
    Connection connect() throws SQLException {
        return connect("postgres");
    }

    Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/carillon?user=%s&ApplicationName=chaos&connectTimeout=5&options=-c%%20default_transaction_read_only=off"
                        .formatted(port(), user));
    }

    void execute(String sql) {
        // Its database does not exist at first.
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres"
                                        .formatted(port()));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new ChaosFailure("PostgreSQL refused: " + sql, failure);
        }
    }

    /** Ends every session and stops in order. */
    void stop() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new ChaosFailure("PostgreSQL did not stop", failure);
        }
    }

    /** Ends at once, as if one of its processes had crashed: nothing is flushed. */
    void crash() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
            Signals.send("QUIT", Long.parseLong(pid));
        } catch (IOException failure) {
            throw new ChaosFailure("PostgreSQL has no process", failure);
        }
        stop();
    }

    /** Comes back on the same port with the same data. */
    void startAgain() {
        server = start(data, port());
    }

    /** A streaming standby without which no commit is acknowledged; made while this one runs. */
    PostgresServer synchronousStandby(Path standbyData) {
        try {
            String label;
            try (var connection = connect()) {
                text(connection, "select pg_backup_start('standby', true)::text");
                copy(data, standbyData);
                label = text(connection, "select labelfile from pg_backup_stop(false)");
            }
            Files.writeString(standbyData.resolve("backup_label"), label);
            Files.createFile(standbyData.resolve("standby.signal"));
            Files.writeString(
                    standbyData.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres'%n".formatted(port()),
                    StandardOpenOption.APPEND);
        } catch (IOException | SQLException failure) {
            throw new ChaosFailure("The standby could not be made", failure);
        }
        var standby = new PostgresServer(standbyData, 0);
        execute("alter system set synchronous_standby_names = '*'");
        execute("select pg_reload_conf()");
        if (!Await.until(START_TIMEOUT, this::hasSynchronousStandby)) {
            throw new ChaosFailure("The standby did not become synchronous; " + standbyData);
        }
        return standby;
    }

    /** From now on it takes writes. */
    void promote() {
        execute("select pg_promote(true, 60)");
    }

    @Override
    public void close() {
        stop();
    }

    private boolean hasSynchronousStandby() {
        try (var connection = connect()) {
            return text(
                            connection,
                            "select count(*)::text from pg_stat_replication where sync_state = 'sync'")
                    .equals("1");
        } catch (SQLException notYet) {
            return false;
        }
    }

    private static EmbeddedPostgres start(Path data, int port) {
        try {
            var builder =
                    EmbeddedPostgres.builder()
                            .setDataDirectory(data)
                            .setCleanDataDirectory(false)
                            .setRegisterShutdownHook(false)
                            .setPGStartupWait(START_TIMEOUT)
                            .setLocaleConfig("locale", "C")
                            // The library switches durability off, as tests want it.
                            .setServerConfig("fsync", "on")
                            .setServerConfig("synchronous_commit", "on")
                            .setServerConfig("full_page_writes", "on")
                            .setServerConfig("listen_addresses", "127.0.0.1")
                            .setServerConfig("max_connections", "150");
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException failure) {
            throw new ChaosFailure("PostgreSQL did not start in " + data, failure);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
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
                        boolean isStreamed = from.relativize(file).startsWith("pg_wal");
                        if (!isStreamed && !NOT_COPIED.contains(file.getFileName().toString())) {
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
}
