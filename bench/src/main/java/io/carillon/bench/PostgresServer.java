package io.carillon.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The PostgreSQL all systems share: one server of the bench's own, as durable as any, with a fresh
 * database for each case.
 */
final class PostgresServer implements AutoCloseable {
    static final String OWNER = "postgres";

    /** The role of every system under test; it owns its database. */
    static final String SYSTEM = "system_under_test";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final EmbeddedPostgres server;
    private final Database home;
    private int databases;

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
        this.home = new Database(server.getPort(), "postgres", () -> {});
        home.execute("create role system_under_test login");
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (!home.row("show " + setting, row -> row.getString(1)).equals("on")) {
                close();
                throw new BenchFailure("PostgreSQL is not durable: " + setting + " is off");
            }
        }
    }

    static PostgresServer start(Path directory) {
        try {
            return new PostgresServer(
                    EmbeddedPostgres.builder()
                            .setDataDirectory(directory)
                            .setCleanDataDirectory(true)
                            .setRegisterShutdownHook(false)
                            .setPGStartupWait(START_TIMEOUT)
                            .setLocaleConfig("locale", "C")
                            // The library switches durability off, as tests want it.
                            .setServerConfig("fsync", "on")
                            .setServerConfig("synchronous_commit", "on")
                            .setServerConfig("full_page_writes", "on")
                            .setServerConfig("listen_addresses", "127.0.0.1")
                            .setServerConfig("max_connections", "400")
                            .setServerConfig("shared_buffers", "512MB")
                            .setServerConfig("max_wal_size", "4GB")
                            // A checkpoint in the middle of a round would be its luck, not its
                            // cost.
                            .setServerConfig("checkpoint_timeout", "30min")
                            .setServerConfig("track_commit_timestamp", "on")
                            .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                            .setServerConfig("pg_stat_statements.track_utility", "off")
                            .start());
        } catch (IOException failure) {
            throw new BenchFailure("PostgreSQL did not start in " + directory, failure);
        }
    }

    /** A new, empty database that the systems under test may do anything with. */
    Database create() {
        String name = "bench_" + ++databases;
        home.execute("create database " + name + " owner " + SYSTEM);
        // Dropped, so that nobody vacuums it while the next is measured.
        var database =
                new Database(
                        server.getPort(),
                        name,
                        () -> home.execute("drop database " + name + " with (force)"));
        database.execute("create extension pg_stat_statements");
        return database;
    }

    String version() {
        return home.row("show server_version", row -> row.getString(1));
    }

    @Override
    public void close() {
        try {
            home.close();
            server.close();
        } catch (IOException failure) {
            throw new BenchFailure("PostgreSQL did not stop", failure);
        }
    }
}
