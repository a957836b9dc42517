package io.carillon.security;

import io.carillon.audit.Actor;
import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code api_key}. Every change is written to the audit log. */
@ApplicationScoped
public class ApiKeyStore {
    /** Serialises changes of keys, so that a later revision commits later. */
    @Language("SQL")
    private static final String LOCK = "lock table api_key in share row exclusive mode";

    @Language("SQL")
    private static final String IS_EMPTY = "select not exists (select from api_key)";

    @Language("SQL")
    private static final String INSERT =
            """
            insert into api_key (id, name, hash, role, namespaces, created_by, expires_at)
            values (?, ?, ?, ?, ?, ?, ?)
            returning *
            """;

    @Language("SQL")
    private static final String REVOKE =
            """
            update api_key set revoked_at = clock_timestamp(), revision = nextval('api_key_revision')
            where id = ? and revoked_at is null
            """;

    @Language("SQL")
    private static final String EXPIRE =
            """
            update api_key
            set expires_at = least(expires_at, ?), revision = nextval('api_key_revision')
            where id = ?
            """;

    @Language("SQL")
    private static final String USED =
            """
            update api_key k set last_used_at = used.at
            from unnest(?::varchar[], ?::timestamptz[]) as used (id, at)
            where k.id = used.id and (k.last_used_at is null or k.last_used_at < used.at)
            """;

    @Language("SQL")
    private static final String CHANGED =
            "select * from api_key where revision > ? order by revision";

    @Language("SQL")
    private static final String ALL = "select * from api_key order by created_at desc, id";

    @Language("SQL")
    private static final String BY_ID = "select * from api_key where id = ?";

    private final Database database;
    private final AuditLog audit;

    ApiKeyStore(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /** Describes a key to be made. */
    record Draft(String name, Grant grant, @Nullable Instant expiresAt) {}

    /** Stores a new key under the hash of its text. */
    ApiKey add(KeyText.Made key, Draft draft, String actor) {
        return database.inTransaction(
                connection -> {
                    lock(connection);
                    return add(connection, key, draft, actor, "KEY_CREATED");
                });
    }

    /** Stores a new key, if the table never had one. */
    Optional<ApiKey> addFirst(KeyText.Made key, Draft draft) {
        return database.inTransaction(
                connection -> {
                    lock(connection);
                    try (var statement = connection.prepareStatement(IS_EMPTY);
                            var row = statement.executeQuery()) {
                        row.next();
                        return row.getBoolean(1)
                                ? Optional.of(
                                        add(connection, key, draft, Actor.CARILLON, "KEY_CREATED"))
                                : Optional.empty();
                    }
                });
    }

    /** Stores a key that replaces another, which stays valid until {@code until}. */
    ApiKey replace(String id, Instant until, KeyText.Made key, Draft draft, String actor) {
        return database.inTransaction(
                connection -> {
                    lock(connection);
                    try (var statement = connection.prepareStatement(EXPIRE)) {
                        statement.setObject(1, until.atOffset(ZoneOffset.UTC));
                        statement.setString(2, id);
                        statement.executeUpdate();
                    }
                    return add(connection, key, draft, actor, "KEY_ROTATED");
                });
    }

    private ApiKey add(
            Connection connection, KeyText.Made key, Draft draft, String actor, String action)
            throws SQLException {
        ApiKey added;
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, key.id());
            statement.setString(2, draft.name());
            statement.setString(3, KeyText.hash(key.text()));
            statement.setString(4, draft.grant().role().name());
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "varchar", new TreeSet<>(draft.grant().namespaces()).toArray()));
            statement.setString(6, actor);
            statement.setObject(
                    7,
                    draft.expiresAt() == null ? null : draft.expiresAt().atOffset(ZoneOffset.UTC));
            added = read(statement).getFirst();
        }
        changed(connection, action, added);
        return added;
    }

    /** Revokes a key; does nothing if it is already revoked. */
    void revoke(ApiKey key) {
        database.inTransaction(
                connection -> {
                    lock(connection);
                    try (var statement = connection.prepareStatement(REVOKE)) {
                        statement.setString(1, key.id());
                        boolean isNew = statement.executeUpdate() > 0;
                        if (isNew) {
                            changed(connection, "KEY_REVOKED", key);
                        }
                        return isNew;
                    }
                });
    }

    private void changed(Connection connection, String action, ApiKey key) throws SQLException {
        var details = new TreeMap<String, Object>();
        details.put("key", key.id());
        details.put("name", key.name());
        details.put("role", key.grant().role());
        details.put("namespaces", key.grant().namespaces());
        audit.add(connection, action, key.grant().onlyNamespace(), null, details);
        Notifications.send(connection, Topic.KEY, "");
    }

    private static void lock(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK)) {
            statement.execute();
        }
    }

    /**
     * Stores when keys were last used.
     *
     * @param used the last uses by key id
     */
    void used(Map<String, Instant> used) {
        database.run(
                connection -> {
                    var sorted = new TreeMap<>(used);
                    try (var statement = connection.prepareStatement(USED)) {
                        statement.setArray(
                                1, connection.createArrayOf("varchar", sorted.keySet().toArray()));
                        statement.setArray(
                                2,
                                connection.createArrayOf(
                                        "timestamptz",
                                        sorted.values().stream().map(Instant::toString).toArray()));
                        statement.executeUpdate();
                    }
                });
    }

    /** Returns the keys changed since a revision, in the order of their changes. */
    List<ApiKey> changedSince(long revision) {
        return database.with(
                CHANGED,
                statement -> {
                    statement.setLong(1, revision);
                    return read(statement);
                });
    }

    /** Returns all keys, newest first. */
    public List<ApiKey> all() {
        return database.with(ALL, ApiKeyStore::read);
    }

    Optional<ApiKey> find(String id) {
        return database.with(
                BY_ID,
                statement -> {
                    statement.setString(1, id);
                    return read(statement).stream().findFirst();
                });
    }

    private static List<ApiKey> read(PreparedStatement statement) throws SQLException {
        var keys = new ArrayList<ApiKey>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(keyOf(row));
            }
        }
        return keys;
    }

    private static ApiKey keyOf(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("name"),
                row.getString("hash"),
                new Grant(Role.valueOf(row.getString("role")), names(row.getArray("namespaces"))),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"),
                row.getLong("revision"));
    }

    private static Set<String> names(Array array) throws SQLException {
        return Set.of((String[]) array.getArray());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
