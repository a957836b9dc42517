package io.carillon.database;

import io.quarkus.runtime.configuration.ConfigUtils;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts a real PostgreSQL as a child process, from binaries on the class path, if no database is
 * configured. Its data stay in {@code data/postgres} under the working directory, or where {@code
 * carillon.embedded.data-dir} says, and are as safe as any PostgreSQL's (fsync is on).
 *
 * <p>The process that holds the lock next to the data directory owns the server and stops it when
 * it ends. A second process on the same directory joins it. A server whose owner was killed is
 * adopted. A server on a port is used only if it serves this very directory ({@link Postmaster}).
 * If another program has the port, {@link EmbeddedPort} chooses another.
 */
public final class EmbeddedPostgresql {
    static final String URL_PROPERTY = "quarkus.datasource.jdbc.url";

    /** Kept across a reload of the classes in dev mode, like the URL. */
    private static final String DIRECTORY_PROPERTY = "io.carillon.embedded.directory";

    private static final Logger LOG = Logger.getLogger(EmbeddedPostgresql.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;

    /** Longer than the grace period of a shutdown, in which executions still need the database. */
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(45);

    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    /** Kept in a field, because the garbage collector would close it and so release the lock. */
    private static @Nullable FileChannel heldLock;

    private static volatile @Nullable Thread stopper;

    private EmbeddedPostgresql() {}

    /**
     * Starts, adopts or joins the server of the data directory and configures the datasource to use
     * it; does nothing if {@code quarkus.datasource.jdbc.url} is configured.
     *
     * @throws IllegalStateException with a sentence for the user, if no database is configured and
     *     none can start
     */
    public static void startUnlessConfigured() {
        var config = ConfigUtils.configBuilder().build();
        if (config.getOptionalValue(URL_PROPERTY, String.class).isPresent()) {
            return;
        }
        if (!binariesPresent()) {
            throw new IllegalStateException(
                    "No database is configured and this build has no embedded PostgreSQL: set"
                            + " QUARKUS_DATASOURCE_JDBC_URL (such as jdbc:postgresql://host:5432/carillon),"
                            + " QUARKUS_DATASOURCE_USERNAME and QUARKUS_DATASOURCE_PASSWORD.");
        }
        var directory =
                config.getOptionalValue("carillon.embedded.data-dir", Path.class)
                        .orElse(Path.of("data", "postgres"))
                        .toAbsolutePath();
        var port =
                config.getOptionalValue("carillon.embedded.port", Integer.class)
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty());
        try {
            int running = startOrJoin(directory, port);
            String url = "jdbc:postgresql://localhost:" + running + "/postgres?user=postgres";
            System.setProperty(URL_PROPERTY, url);
            System.setProperty(DIRECTORY_PROPERTY, directory.toString());
            LOG.infof(
                    "embedded PostgreSQL with data in %s; another replica joins it with"
                            + " QUARKUS_DATASOURCE_JDBC_URL='%s'",
                    directory, url);
        } catch (IOException failure) {
            throw new IllegalStateException(
                    "The embedded PostgreSQL did not start with data in %s (%s). Set"
                                    .formatted(directory, failure.getMessage())
                            + " carillon.embedded.port or carillon.embedded.data-dir, or configure a database.",
                    failure);
        }
    }

    /** Returns the data directory of the embedded server; empty if a database is configured. */
    public static Optional<Path> directory() {
        return Optional.ofNullable(System.getProperty(DIRECTORY_PROPERTY)).map(Path::of);
    }

    /**
     * Stops the server now, if this process owns one; for a process that ends before it has
     * started.
     */
    public static void stopNow() throws InterruptedException {
        release();
        var stopping = stopper;
        if (stopping != null) {
            stopping.join();
        }
    }

    /** Records that the service has stopped and no longer needs the server. */
    public static void release() {
        RELEASED.countDown();
    }

    /**
     * Returns the port of the server of {@code directory}, once that server has confirmed its
     * directory.
     */
    private static int startOrJoin(Path directory, OptionalInt configured) throws IOException {
        Files.createDirectories(directory);
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        boolean owner = false;
        do {
            owner = owner || lock(directory);
            var running = Postmaster.of(directory);
            if (running.isPresent() && running.get().serves(directory)) {
                if (owner) {
                    atExit(() -> stop(directory, running.get()));
                }
                return running.get().port();
            }
            if (owner && running.filter(Postmaster::isAlive).isEmpty()) {
                if (running.isPresent()) {
                    // PostgreSQL would not start if another program now had the process id in this
                    // file.
                    Postmaster.forget(directory);
                }
                return start(directory, configured);
            }
            if (owner && !running.orElseThrow().isOf(directory)) {
                break;
            }
        } while (pause() && System.nanoTime() < deadline);
        throw new IOException(
                owner
                        ? "its postmaster.pid is of process %d, which runs and does not say that it serves this folder"
                                .formatted(Postmaster.of(directory).map(Postmaster::pid).orElse(0L))
                        : "another process holds the data directory, but its server does not answer");
    }

    private static int start(Path directory, OptionalInt configured) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = EmbeddedPort.choose(directory, configured);
            var server = start(directory, port);
            if (Postmaster.of(directory).filter(it -> it.serves(directory)).isPresent()) {
                atExit(() -> close(server));
                return port;
            }
            // Another program took the port meanwhile, and answers on it.
            close(server);
            if (configured.isPresent()) {
                throw EmbeddedPort.taken(port);
            }
        }
        throw new IOException("every port that was free was taken before the server listened");
    }

    private static EmbeddedPostgres start(Path directory, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPGStartupWait(START_TIMEOUT)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                // The library turns durability off, for tests; this turns it on.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("listen_addresses", "localhost")
                .start();
    }

    /**
     * Takes the lock until the process ends; false if another process, or this one, already holds
     * it.
     */
    private static synchronized boolean lock(Path directory) throws IOException {
        if (heldLock != null) {
            return false;
        }
        var file = directory.resolveSibling(directory.getFileName() + ".lock");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                heldLock = channel;
                return true;
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            LOG.debug("the embedded PostgreSQL of this process goes on");
        }
        channel.close();
        return false;
    }

    /** Pauses; returns whether to go on. */
    private static boolean pause() {
        try {
            Thread.sleep(100);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void atExit(Runnable stop) {
        var stopping =
                Thread.ofPlatform()
                        .name("carillon-embedded-postgresql")
                        .unstarted(
                                () -> {
                                    awaitRelease();
                                    stop.run();
                                });
        Runtime.getRuntime().addShutdownHook(stopping);
        stopper = stopping;
    }

    private static void awaitRelease() {
        try {
            if (!RELEASED.await(RELEASE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("stopping the embedded PostgreSQL before the service has stopped");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * SIGINT is PostgreSQL's fast shutdown: it ends sessions and loses nothing that was committed.
     */
    private static void stop(Path directory, Postmaster server) {
        try {
            // At the end of a long run, another program may have its process id.
            if (Postmaster.of(directory).filter(server::equals).isPresent()) {
                new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean binariesPresent() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String platform =
                system.contains("mac") ? "darwin" : system.contains("linux") ? "linux" : system;
        String architecture =
                switch (machine) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    default -> machine;
                };
        return Thread.currentThread()
                        .getContextClassLoader()
                        .getResource("postgres-" + platform + "-" + architecture + ".txz")
                != null;
    }
}
