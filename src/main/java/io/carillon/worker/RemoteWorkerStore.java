package io.carillon.worker;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlParameters;
import io.carillon.database.UuidV7;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * The rows of remote workers. Their leases end, and are found to have ended, as those of replicas
 * do. Every time is the database's.
 */
@ApplicationScoped
public class RemoteWorkerStore {
    @Language("SQL")
    private static final String REGISTER =
            """
            insert into worker (id, host, pid, version, capacity, roles, state, started_at, heartbeat_at,
                                namespace, name, tasks, queues)
            select ?, ?, 0, ?, ?, '{}', 'RUNNING', at, at, ?, ?, ?, ? from clock_timestamp() as at
            """;

    @Language("SQL")
    private static final String FIND =
            "select namespace, tasks, queues, capacity, state from worker where id = ? and namespace is not null";

    @Language("SQL")
    private static final String BEAT =
            """
            update worker set heartbeat_at = clock_timestamp()
            where id = ? and namespace is not null and (?::varchar[] is null or namespace = any (?))
              and state in ('RUNNING', 'STOPPING')
            returning namespace, tasks, queues, capacity, state
            """;

    /** Heartbeats wait for whoever holds it: it is held for the length of a claim. */
    @Language("SQL")
    private static final String LOCK =
            """
            select namespace, tasks, queues, capacity, state from worker
            where id = ? and namespace is not null
            for no key update
            """;

    private final Database database;
    private final DatabaseClock clock;
    private final AuditLog audit;

    /** The data with which a worker registers. */
    public record Registration(
            String namespace,
            String name,
            List<String> tasks,
            List<String> queues,
            int capacity,
            @Nullable String version) {}

    /**
     * A worker as it stands.
     *
     * @param queues from which it claims; empty: from all
     * @param capacity in slots; 0: it is to claim no more
     * @param isRunning whether it may claim
     * @param hasEnded whether its lease has ended, for good
     */
    public record RemoteWorker(
            UUID id,
            String namespace,
            List<String> tasks,
            List<String> queues,
            int capacity,
            boolean isRunning,
            boolean hasEnded) {}

    RemoteWorkerStore(Database database, DatabaseClock clock, AuditLog audit) {
        this.database = database;
        this.clock = clock;
        this.audit = audit;
    }

    /**
     * Registers a worker, whose lease begins now.
     *
     * @param host from where; null if that is not known
     */
    public UUID register(Registration registration, @Nullable String host) {
        var id = UuidV7.at(clock.now());
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(REGISTER)) {
                        statement.setObject(1, id);
                        statement.setString(2, host == null ? "" : host);
                        statement.setString(
                                3, registration.version == null ? "" : registration.version);
                        statement.setInt(4, registration.capacity);
                        statement.setString(5, registration.namespace);
                        statement.setString(6, registration.name);
                        statement.setArray(
                                7,
                                connection.createArrayOf("varchar", registration.tasks.toArray()));
                        statement.setArray(
                                8,
                                connection.createArrayOf("varchar", registration.queues.toArray()));
                        statement.executeUpdate();
                    }
                    audit.add(
                            connection,
                            "WORKER_REGISTERED",
                            registration.namespace,
                            null,
                            Map.of("workerId", id, "name", registration.name));
                    return id;
                });
    }

    /** The worker, unless there is none, or it is the pool of a replica. */
    public Optional<RemoteWorker> find(UUID id) {
        return database.with(FIND, statement -> workerOf(statement, id));
    }

    /**
     * Renews the lease.
     *
     * @param namespaces of whose workers; null: of all
     * @return empty when it has ended, and then it never comes back, or is of another namespace
     */
    public Optional<RemoteWorker> beat(UUID id, @Nullable Set<String> namespaces) {
        return database.with(
                BEAT,
                statement -> {
                    new SqlParameters(statement, 1).twice(namespaces);
                    return workerOf(statement, id);
                });
    }

    /** Locks a worker to the end of the caller's transaction: one claim of it at a time. */
    public Optional<RemoteWorker> lock(Connection connection, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK)) {
            return workerOf(statement, id);
        }
    }

    private static Optional<RemoteWorker> workerOf(PreparedStatement statement, UUID id)
            throws SQLException {
        statement.setObject(1, id);
        try (var row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            String state = row.getString("state");
            return Optional.of(
                    new RemoteWorker(
                            id,
                            row.getString("namespace"),
                            List.of((String[]) row.getArray("tasks").getArray()),
                            List.of((String[]) row.getArray("queues").getArray()),
                            row.getInt("capacity"),
                            state.equals("RUNNING"),
                            !state.equals("RUNNING") && !state.equals("STOPPING")));
        }
    }
}
