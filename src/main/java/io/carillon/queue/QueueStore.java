package io.carillon.queue;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.SqlParameters;
import io.carillon.database.Topic;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.queue.Queue.Limits;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the queue table, except for claims. Every change is written to the audit log.
 */
@ApplicationScoped
public class QueueStore {
    @Language("SQL")
    private static final String ENSURE =
            """
            insert into queue (namespace, name) select * from unnest(?::varchar[], ?::varchar[])
            on conflict (namespace, name) do nothing
            returning namespace, name
            """;

    @Language("SQL")
    private static final String ALL =
            """
            select * from queue where ?::varchar[] is null or namespace = any (?)
            order by namespace, name
            """;

    @Language("SQL")
    private static final String BY_KEY = "select * from queue where namespace = ? and name = ?";

    @Language("SQL")
    private static final String LOCK =
            "select * from queue where namespace = ? and name = ? for no key update";

    @Language("SQL")
    private static final String SET_LIMITS =
            """
            update queue
            set max_concurrent = ?, rate_per_second = ?, max_depth = ?, version = version + 1,
                updated_at = clock_timestamp()
            where namespace = ? and name = ?
            returning *
            """;

    @Language("SQL")
    private static final String SET_PAUSED =
            """
            update queue
            set paused = ?, pause_note = ?, version = version + 1, updated_at = clock_timestamp()
            where namespace = ? and name = ?
            returning *
            """;

    private final Database database;
    private final AuditLog audit;

    /** Queues whose rows are known to be committed; none is ever deleted. */
    private final Set<QueueKey> known = ConcurrentHashMap.newKeySet();

    /** The result of declaring a queue. */
    record Declared(Queue queue, boolean isNew) {}

    QueueStore(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * Makes the rows of queues that are about to be used, in the transaction of {@code connection};
     * call it at most once per transaction. A row that existed before is remembered and costs
     * nothing the next time. A row made here is not remembered, because it may be rolled back.
     */
    public void ensure(Connection connection, Collection<QueueKey> queues) throws SQLException {
        // Always in the same order, so that no two transactions wait for each other.
        var unknown = new TreeSet<>(queues);
        unknown.removeAll(known);
        if (unknown.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(ENSURE)) {
            QueueKey.set(statement, 1, unknown);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    unknown.remove(keyOf(row));
                }
            }
        }
        known.addAll(unknown);
    }

    /**
     * @param namespaces null: of all
     */
    List<Queue> all(@Nullable Collection<String> namespaces) {
        return database.with(
                ALL,
                statement -> {
                    new SqlParameters(statement).twice(namespaces);
                    try (var row = statement.executeQuery()) {
                        var queues = new ArrayList<Queue>();
                        while (row.next()) {
                            queues.add(queueOf(row));
                        }
                        return queues;
                    }
                });
    }

    Optional<Queue> find(QueueKey key) {
        return database.with(connection -> Optional.ofNullable(read(connection, BY_KEY, key)));
    }

    /**
     * Creates a queue with these limits, or changes its limits. If nothing differs, no new version
     * is made.
     *
     * @param expectedVersion from If-Match; null to change whatever is there
     */
    Declared declare(QueueKey key, Limits limits, @Nullable Long expectedVersion) {
        return database.inTransaction(
                connection -> {
                    var before = read(connection, LOCK, key);
                    if (expectedVersion != null) {
                        requireVersion(expectedVersion, before);
                    }
                    boolean isNew = before == null;
                    if (before == null) {
                        ensure(connection, List.of(key));
                        before = locked(connection, key);
                    }
                    if (!isNew && limits.equals(before.limits())) {
                        return new Declared(before, false);
                    }
                    Queue after;
                    try (var statement = connection.prepareStatement(SET_LIMITS)) {
                        statement.setObject(1, limits.maxConcurrent(), Types.INTEGER);
                        statement.setObject(2, limits.ratePerSecond(), Types.DOUBLE);
                        statement.setObject(3, limits.maxDepth(), Types.INTEGER);
                        statement.setString(4, key.namespace());
                        statement.setString(5, key.name());
                        after = one(statement);
                    }
                    changed(
                            connection,
                            "QUEUE_DECLARED",
                            key,
                            isNew
                                    ? Map.of("queue", key.name(), "after", limits)
                                    : Map.of(
                                            "queue",
                                            key.name(),
                                            "before",
                                            before.limits(),
                                            "after",
                                            limits));
                    Notifications.send(connection, Topic.WORK, "");
                    return new Declared(after, isNew);
                });
    }

    private static void requireVersion(long expected, @Nullable Queue queue) {
        if (queue == null) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "There is no such queue yet, so none at version " + expected + ".");
        }
        if (queue.version() != expected) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "The queue is at version " + queue.version() + ", not " + expected + ".");
        }
    }

    /**
     * Pauses a queue: workers start none of its executions.
     *
     * @param note null keeps the note that is there
     */
    Queue pause(QueueKey key, @Nullable String note) {
        return database.inTransaction(
                connection -> {
                    var before = locked(connection, key);
                    String said = note == null ? before.pauseNote() : note;
                    if (before.isPaused() && Objects.equals(said, before.pauseNote())) {
                        return before;
                    }
                    var after = setPaused(connection, key, true, said);
                    changed(
                            connection,
                            "QUEUE_PAUSED",
                            key,
                            said == null
                                    ? Map.of("queue", key.name())
                                    : Map.of("queue", key.name(), "note", said));
                    return after;
                });
    }

    Queue resume(QueueKey key) {
        return database.inTransaction(
                connection -> {
                    var before = locked(connection, key);
                    if (!before.isPaused()) {
                        return before;
                    }
                    var after = setPaused(connection, key, false, null);
                    changed(connection, "QUEUE_RESUMED", key, Map.of("queue", key.name()));
                    Notifications.send(connection, Topic.WORK, "");
                    return after;
                });
    }

    private static Queue setPaused(
            Connection connection, QueueKey key, boolean paused, @Nullable String note)
            throws SQLException {
        try (var statement = connection.prepareStatement(SET_PAUSED)) {
            statement.setBoolean(1, paused);
            statement.setString(2, note);
            statement.setString(3, key.namespace());
            statement.setString(4, key.name());
            return one(statement);
        }
    }

    private void changed(Connection connection, String action, QueueKey key, Map<String, ?> details)
            throws SQLException {
        audit.add(connection, action, key.namespace(), null, details);
        Notifications.send(connection, Topic.QUEUE, "");
    }

    private static Queue locked(Connection connection, QueueKey key) throws SQLException {
        var queue = read(connection, LOCK, key);
        if (queue == null) {
            throw ProblemException.notFound("queue", key.name());
        }
        return queue;
    }

    private static @Nullable Queue read(
            Connection connection, @Language("SQL") String sql, QueueKey key) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, key.namespace());
            statement.setString(2, key.name());
            try (var row = statement.executeQuery()) {
                return row.next() ? queueOf(row) : null;
            }
        }
    }

    private static Queue one(PreparedStatement statement) throws SQLException {
        try (var row = statement.executeQuery()) {
            row.next();
            return queueOf(row);
        }
    }

    private static QueueKey keyOf(ResultSet row) throws SQLException {
        return new QueueKey(row.getString("namespace"), row.getString("name"));
    }

    private static Queue queueOf(ResultSet row) throws SQLException {
        return new Queue(
                keyOf(row),
                new Limits(
                        row.getObject("max_concurrent", Integer.class),
                        row.getObject("rate_per_second", Double.class),
                        row.getObject("max_depth", Integer.class)),
                row.getBoolean("paused"),
                row.getString("pause_note"),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
