package io.carillon.worker;

import io.carillon.audit.AuditLog;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.event.EventItem;
import io.carillon.event.EventLog;
import io.carillon.event.EventLog.Happened;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.replica.ReplicaRole;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads and writes the worker table. All times in it are the database's. */
@ApplicationScoped
public class WorkerStore {
    @Language("SQL")
    private static final String REGISTER =
            """
            insert into worker (id, host, pid, version, capacity, roles, state, started_at, heartbeat_at)
            select ?, ?, ?, ?, ?, ?, 'RUNNING', at, at from clock_timestamp() as at
            returning id, namespace, host, name
            """;

    @Language("SQL")
    private static final String BEAT =
            """
            update worker set heartbeat_at = clock_timestamp()
            where id = ? and state in ('RUNNING', 'STOPPING')
            returning (extract(epoch from clock_timestamp()) * 1000)::bigint, capacity
            """;

    @Language("SQL")
    private static final String STOPPING =
            "update worker set state = 'STOPPING' where id = ? and state = 'RUNNING'";

    @Language("SQL")
    private static final String STOPPED =
            """
            update worker set state = 'STOPPED', stopped_at = clock_timestamp()
            where id = ? and state in ('RUNNING', 'STOPPING')
            returning id, namespace, host, name
            """;

    @Language("SQL")
    private static final String MARK_SILENT =
            """
            update worker set state = 'FAILED', stopped_at = clock_timestamp()
            where id in (
                select id from worker
                where state in ('RUNNING', 'STOPPING')
                  and heartbeat_at < clock_timestamp() - ? * interval '1 millisecond'
                for update skip locked)
            returning id, namespace, host, name
            """;

    @Language("SQL")
    private static final String FORGET =
            """
            delete from worker w
            where stopped_at < clock_timestamp() - interval '7 days'
              and not exists (select from execution e where e.worker_id = w.id and e.state = 'RUNNING')
            """;

    /** Sets the capacity of one live worker, or of all pools: remote workers know their own. */
    @Language("SQL")
    private static final String SCALE =
            """
            update worker set capacity = ?
            where state = 'RUNNING' and (id = ? or ?::uuid is null and namespace is null)
            """;

    @Language("SQL")
    private static final String EXISTS = "select from worker where id = ?";

    private final Database database;
    private final Database background;
    private final DatabaseClock clock;
    private final AuditLog audit;
    private final EventLog events;

    WorkerStore(
            Database database,
            @BackgroundPool Database background,
            DatabaseClock clock,
            AuditLog audit,
            EventLog events) {
        this.database = database;
        this.background = background;
        this.clock = clock;
        this.audit = audit;
        this.events = events;
    }

    void register(
            UUID id, String host, long pid, String version, int capacity, Set<ReplicaRole> roles) {
        database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(REGISTER)) {
                        statement.setObject(1, id);
                        statement.setString(2, host);
                        statement.setLong(3, pid);
                        statement.setString(4, version);
                        statement.setInt(5, capacity);
                        statement.setArray(
                                6,
                                connection.createArrayOf(
                                        "varchar",
                                        roles.stream().map(ReplicaRole::name).toArray()));
                        return tell(connection, "worker.started", statement);
                    }
                });
    }

    /**
     * Renews the lease.
     *
     * @return the worker's capacity; empty if the lease has ended, which is final
     */
    OptionalInt beat(UUID id) {
        return background.with(
                BEAT,
                statement -> {
                    statement.setObject(1, id);
                    long sentNanos = System.nanoTime();
                    try (var row = statement.executeQuery()) {
                        if (!row.next()) {
                            return OptionalInt.empty();
                        }
                        clock.observe(row.getLong(1), sentNanos);
                        return OptionalInt.of(row.getInt(2));
                    }
                });
    }

    /**
     * Sets the capacity of live workers.
     *
     * @param workerId the worker to scale; null for all that are pools of replicas
     * @throws ProblemException 404 when there is none, 409 when it has ended or is about to
     */
    void scale(int capacity, @Nullable UUID workerId) {
        database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(SCALE)) {
                        statement.setInt(1, capacity);
                        statement.setObject(2, workerId, Types.OTHER);
                        statement.setObject(3, workerId, Types.OTHER);
                        int scaled = statement.executeUpdate();
                        if (workerId != null && scaled == 0) {
                            throw exists(connection, workerId)
                                    ? new ProblemException(
                                            ProblemKind.CONFLICT,
                                            "The worker " + workerId + " has ended or is about to.")
                                    : ProblemException.notFound("worker", workerId);
                        }
                        audit.add(
                                connection,
                                "WORKERS_SCALED",
                                null,
                                null,
                                workerId == null
                                        ? Map.of("capacity", capacity, "workers", scaled)
                                        : Map.of("capacity", capacity, "workerId", workerId));
                        Notifications.send(connection, Topic.WORKER, "");
                        return scaled;
                    }
                });
    }

    private static boolean exists(Connection connection, UUID workerId) throws SQLException {
        try (var statement = connection.prepareStatement(EXISTS)) {
            statement.setObject(1, workerId);
            try (var row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Says that a worker claims no more. */
    public void stopping(UUID id) {
        database.with(
                STOPPING,
                statement -> {
                    statement.setObject(1, id);
                    return statement.executeUpdate();
                });
    }

    /** Ends a worker's lease; what it ran has been given back. */
    public void stopped(UUID id) {
        database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(STOPPED)) {
                        statement.setObject(1, id);
                        return tell(connection, "worker.stopped", statement);
                    }
                });
    }

    /**
     * Marks workers without a heartbeat for the length of the lease as failed; returns how many.
     */
    public int markSilent(Duration lease) {
        return background.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(MARK_SILENT)) {
                        statement.setLong(1, lease.toMillis());
                        return tell(connection, "worker.lost", statement);
                    }
                });
    }

    private int tell(Connection connection, String kind, PreparedStatement changing)
            throws SQLException {
        var happened = new ArrayList<Happened>();
        try (var row = changing.executeQuery()) {
            while (row.next()) {
                var details = new TreeMap<String, Object>();
                details.put("workerId", row.getObject("id", UUID.class));
                details.put("host", row.getString("host"));
                if (row.getString("name") instanceof String name) {
                    details.put("name", name);
                }
                happened.add(
                        new Happened(
                                row.getString("namespace"),
                                EventItem.ofChange(kind, null, null, details)));
            }
        }
        events.add(connection, happened);
        return happened.size();
    }

    /** Deletes workers that ended a week ago and hold no executions. */
    void forgetEnded() {
        database.with(FORGET, PreparedStatement::executeUpdate);
    }
}
