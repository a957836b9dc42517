package io.carillon.tenancy;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads and writes namespaces. Every change is written to the audit log. */
@ApplicationScoped
public class NamespaceStore {
    @Language("SQL")
    private static final String ALL = "select * from namespace order by name";

    @Language("SQL")
    private static final String FIND = "select * from namespace where name = ?";

    @Language("SQL")
    private static final String LOCK = "select * from namespace where name = ? for update";

    @Language("SQL")
    private static final String ENSURE =
            "insert into namespace (name) values (?) on conflict (name) do nothing";

    @Language("SQL")
    private static final String SET =
            """
            update namespace
            set max_jobs = ?, submissions_per_minute = ?, max_concurrent = ?, max_result_bytes = ?,
                min_interval_ms = ?, version = version + ?,
                updated_at = clock_timestamp()
            where name = ?
            returning *
            """;

    @Language("SQL")
    private static final String DELETE = "delete from namespace where name = ?";

    private final Database database;
    private final AuditLog audit;

    NamespaceStore(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /** A namespace, and whether it is new. */
    record Declared(Namespace namespace, boolean isNew) {}

    /** Returns all declared namespaces, by name. */
    public List<Namespace> all() {
        return database.with(
                ALL,
                statement -> {
                    var namespaces = new ArrayList<Namespace>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            namespaces.add(namespaceOf(row));
                        }
                    }
                    return namespaces;
                });
    }

    Optional<Namespace> find(String name) {
        return database.with(connection -> Optional.ofNullable(read(connection, FIND, name)));
    }

    /**
     * Declares a namespace, or changes its quotas. If nothing differs, no new version is made.
     *
     * @param expectedVersion from If-Match; null to change whatever is there
     */
    Declared declare(String name, Quotas quotas, @Nullable Long expectedVersion) {
        return database.inTransaction(
                connection -> {
                    var before = read(connection, LOCK, name);
                    if (expectedVersion != null
                            && (before == null || before.version() != expectedVersion)) {
                        throw new ProblemException(
                                ProblemKind.STALE_VERSION,
                                before == null
                                        ? "There is no such namespace yet, so none at version %d."
                                                .formatted(expectedVersion)
                                        : "The namespace is at version %d, not %d."
                                                .formatted(before.version(), expectedVersion));
                    }
                    if (before != null && quotas.equals(before.quotas())) {
                        return new Declared(before, false);
                    }
                    if (before == null) {
                        change(connection, ENSURE, name);
                    }
                    var after = set(connection, name, quotas, before != null);
                    audit.add(
                            connection,
                            "NAMESPACE_DECLARED",
                            name,
                            null,
                            before == null
                                    ? Map.of("after", quotas)
                                    : Map.of("before", before.quotas(), "after", quotas));
                    return new Declared(after, before == null);
                });
    }

    /** Deletes the quotas of a namespace; its contents stay. False if it was not declared. */
    boolean delete(String name) {
        return database.inTransaction(
                connection -> {
                    var before = read(connection, LOCK, name);
                    if (before == null) {
                        return false;
                    }
                    change(connection, DELETE, name);
                    audit.add(
                            connection,
                            "NAMESPACE_DELETED",
                            name,
                            null,
                            Map.of("before", before.quotas()));
                    return true;
                });
    }

    private static Namespace set(
            Connection connection, String name, Quotas quotas, boolean isNewVersion)
            throws SQLException {
        try (var statement = connection.prepareStatement(SET)) {
            statement.setObject(1, quotas.jobs(), Types.INTEGER);
            statement.setObject(2, quotas.submissionsPerMinute(), Types.INTEGER);
            statement.setObject(3, quotas.concurrentExecutions(), Types.INTEGER);
            statement.setObject(4, quotas.resultBytes(), Types.INTEGER);
            statement.setObject(
                    5,
                    quotas.minInterval() == null ? null : quotas.minInterval().toMillis(),
                    Types.BIGINT);
            statement.setInt(6, isNewVersion ? 1 : 0);
            statement.setString(7, name);
            return one(statement);
        }
    }

    private static void change(Connection connection, @Language("SQL") String sql, String name)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            statement.executeUpdate();
        }
    }

    private static @Nullable Namespace read(
            Connection connection, @Language("SQL") String sql, String name) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (var row = statement.executeQuery()) {
                return row.next() ? namespaceOf(row) : null;
            }
        }
    }

    private static Namespace one(PreparedStatement statement) throws SQLException {
        try (var row = statement.executeQuery()) {
            row.next();
            return namespaceOf(row);
        }
    }

    private static Namespace namespaceOf(ResultSet row) throws SQLException {
        long interval = row.getLong("min_interval_ms");
        var minInterval = row.wasNull() ? null : Duration.ofMillis(interval);
        return new Namespace(
                row.getString("name"),
                new Quotas(
                        row.getObject("max_jobs", Integer.class),
                        row.getObject("submissions_per_minute", Integer.class),
                        row.getObject("max_concurrent", Integer.class),
                        row.getObject("max_result_bytes", Integer.class),
                        minInterval),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
