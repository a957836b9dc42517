package io.carillon.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** PostgreSQL, the replicas behind their proxies, and the target. */
final class Cluster implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(120);

    private final Path folder;
    private final Target target = new Target();
    private final List<Replica> replicas = new ArrayList<>();
    private volatile PostgresServer postgres;
    private int servers = 1;

    /**
     * @param root of the repository, which has the packaged Carillon
     * @param folder for data and logs
     */
    Cluster(Path root, Path folder, int size) {
        this.folder = folder;
        postgres = PostgresServer.create(folder.resolve("postgres-1"));
        for (int index = 1; index <= size; index++) {
            replicas.add(
                    new Replica(
                            "replica-" + index,
                            root.resolve("target/quarkus-app"),
                            folder,
                            new Proxy(() -> postgres.port())));
        }
    }

    void start() {
        replicas.forEach(Replica::start);
        if (!awaitReady()) {
            throw new ChaosFailure("The replicas were not ready within " + START_TIMEOUT);
        }
    }

    /** Whether all were ready in time. */
    boolean awaitReady() {
        return Await.until(START_TIMEOUT, () -> unready().isEmpty());
    }

    /** Names of replicas that are not ready. */
    List<String> unready() {
        return replicas.stream().filter(replica -> !replica.isReady()).map(Replica::name).toList();
    }

    List<Replica> replicas() {
        return replicas;
    }

    Target target() {
        return target;
    }

    PostgresServer postgres() {
        return postgres;
    }

    Connection connect() throws SQLException {
        return postgres.connect();
    }

    /** The primary crashes and never comes back; its standby takes over. */
    void failOver() {
        var primary = postgres;
        var standby = primary.synchronousStandby(folder.resolve("postgres-" + ++servers));
        primary.crash();
        standby.promote();
        postgres = standby;
    }

    /** Removes the data of PostgreSQL; only after {@link #close}. */
    void removeData() {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (folder.relativize(file).toString().startsWith("postgres-")) {
                    Files.delete(file);
                }
            }
        } catch (IOException failure) {
            throw new ChaosFailure("The data could not be removed", failure);
        }
    }

    @Override
    public void close() {
        replicas.forEach(Replica::close);
        postgres.close();
        target.close();
    }
}
