package io.carillon.secret;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads and writes secrets. Every change is written to the audit log, without the value. */
@ApplicationScoped
public class SecretStore {
    @Language("SQL")
    private static final String PAGE =
            """
            select namespace, name, key_id, created_at, updated_at
            from secret where (?::varchar[] is null or namespace = any (?))
            order by namespace, name limit ? offset ?
            """;

    @Language("SQL")
    private static final String COUNT =
            "select count(*) from secret where (?::varchar[] is null or namespace = any (?))";

    @Language("SQL")
    private static final String BY_NAME =
            """
            select namespace, name, key_id, created_at, updated_at
            from secret where namespace = ? and name = ?
            """;

    @Language("SQL")
    private static final String SEALED =
            """
            select namespace, name, key_id, nonce, ciphertext
            from secret where namespace = ? and name = any (?)
            """;

    @Language("SQL")
    private static final String ALL_SEALED =
            "select namespace, name, key_id, nonce, ciphertext from secret order by namespace, name";

    @Language("SQL")
    private static final String LOCK_OF_OTHER_KEYS =
            """
            select namespace, name, key_id, nonce, ciphertext
            from secret where key_id <> ?
            order by namespace, name
            for no key update
            """;

    /** The third column of the result says whether the row is new. */
    @Language("SQL")
    private static final String PUT =
            """
            insert into secret (key_id, nonce, ciphertext, namespace, name)
            values (?, ?, ?, ?, ?)
            on conflict (namespace, name) do update
                set key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext,
                    updated_at = clock_timestamp()
            returning namespace, name, key_id, created_at, updated_at, xmax = 0 as is_new
            """;

    @Language("SQL")
    private static final String RESEAL =
            "update secret set key_id = ?, nonce = ?, ciphertext = ? where namespace = ? and name = ?";

    @Language("SQL")
    private static final String DELETE = "delete from secret where namespace = ? and name = ?";

    private final Database database;
    private final AuditLog audit;

    SecretStore(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /** A stored row with its encrypted value. */
    record Row(SecretName name, Sealed sealed) {}

    /** The result of a {@code PUT}. */
    record Put(SecretRequests.View secret, boolean isNew) {}

    /** Returns a page of the secrets of the listed namespaces, by namespace and name. */
    public SecretRequests.Page page(Scope scope, @Nullable String namespace, int page, int limit) {
        var namespaces = scope.listed(namespace).orElse(null);
        long total =
                database.with(
                        COUNT,
                        statement -> {
                            new SqlParameters(statement).twice(namespaces);
                            try (var row = statement.executeQuery()) {
                                row.next();
                                return row.getLong(1);
                            }
                        });
        var items =
                database.with(
                        PAGE,
                        statement -> {
                            var parameters = new SqlParameters(statement);
                            parameters.twice(namespaces);
                            statement.setInt(parameters.next(), limit);
                            statement.setLong(parameters.next(), (page - 1L) * limit);
                            return views(statement);
                        });
        return new SecretRequests.Page(items, page, limit, total, (total + limit - 1) / limit);
    }

    /**
     * @throws ProblemException 404 if there is none, or the caller may not see it
     */
    SecretRequests.View get(Scope scope, SecretName name) {
        scope.check(name.namespace(), absent(name));
        return database
                .with(
                        BY_NAME,
                        statement -> {
                            set(statement, 1, name);
                            return views(statement);
                        })
                .stream()
                .findFirst()
                .orElseThrow(() -> absent(name));
    }

    /**
     * Stores a value, replacing any previous one.
     *
     * @throws ProblemException 403
     */
    Put put(Scope scope, SecretName name, Sealed sealed) {
        scope.check(name.namespace(), absent(name));
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(PUT)) {
                        set(statement, sealed);
                        set(statement, 4, name);
                        try (var row = statement.executeQuery()) {
                            row.next();
                            var put = new Put(view(row), row.getBoolean("is_new"));
                            record(
                                    connection,
                                    put.isNew() ? "SECRET_CREATED" : "SECRET_CHANGED",
                                    name);
                            return put;
                        }
                    }
                });
    }

    /**
     * @throws ProblemException 404, 403
     */
    void delete(Scope scope, SecretName name) {
        scope.check(name.namespace(), absent(name));
        database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(DELETE)) {
                        set(statement, 1, name);
                        if (statement.executeUpdate() == 0) {
                            throw absent(name);
                        }
                    }
                    record(connection, "SECRET_DELETED", name);
                    return true;
                });
    }

    /** Returns the secrets with these names that a namespace has. */
    List<Row> sealed(String namespace, List<String> names) {
        return database.with(
                SEALED,
                statement -> {
                    statement.setString(1, namespace);
                    statement.setArray(
                            2, statement.getConnection().createArrayOf("varchar", names.toArray()));
                    return rows(statement);
                });
    }

    List<Row> allSealed() {
        return database.with(ALL_SEALED, SecretStore::rows);
    }

    /** Encrypts secrets that are under another key with {@code newest}, all or none. */
    SecretRequests.Reencryption reencrypt(Scope scope, MasterKeys keys, MasterKey newest) {
        scope.namespace("*");
        return database.inTransaction(
                connection -> {
                    var unreadable = new ArrayList<String>();
                    int done = 0;
                    for (var row : lockOfOtherKeys(connection, newest.id())) {
                        var value = keys.open(row.name(), row.sealed());
                        if (value.isEmpty()) {
                            unreadable.add(row.name().toString());
                            continue;
                        }
                        try (var statement = connection.prepareStatement(RESEAL)) {
                            set(statement, newest.seal(row.name(), value.get()));
                            set(statement, 4, row.name());
                            done += statement.executeUpdate();
                        }
                    }
                    audit.add(
                            connection,
                            "SECRETS_REENCRYPTED",
                            null,
                            null,
                            Map.of("keyId", newest.id(), "reencrypted", done));
                    return new SecretRequests.Reencryption(newest.id(), done, unreadable);
                });
    }

    private static List<Row> lockOfOtherKeys(Connection connection, String keyId)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_OF_OTHER_KEYS)) {
            statement.setString(1, keyId);
            return rows(statement);
        }
    }

    private void record(Connection connection, String action, SecretName name) throws SQLException {
        audit.add(connection, action, name.namespace(), null, Map.of("name", name.name()));
    }

    static ProblemException absent(SecretName name) {
        return ProblemException.notFound("secret", name);
    }

    private static void set(PreparedStatement statement, Sealed sealed) throws SQLException {
        statement.setString(1, sealed.keyId());
        statement.setBytes(2, sealed.nonce());
        statement.setBytes(3, sealed.ciphertext());
    }

    private static void set(PreparedStatement statement, int from, SecretName name)
            throws SQLException {
        statement.setString(from, name.namespace());
        statement.setString(from + 1, name.name());
    }

    private static List<SecretRequests.View> views(PreparedStatement statement)
            throws SQLException {
        var views = new ArrayList<SecretRequests.View>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                views.add(view(row));
            }
        }
        return views;
    }

    private static SecretRequests.View view(ResultSet row) throws SQLException {
        return new SecretRequests.View(
                row.getString("namespace"),
                row.getString("name"),
                row.getString("key_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        var rows = new ArrayList<Row>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(
                        new Row(
                                new SecretName(row.getString(1), row.getString(2)),
                                new Sealed(row.getString(3), row.getBytes(4), row.getBytes(5))));
            }
        }
        return rows;
    }
}
