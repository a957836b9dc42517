package io.carillon.execution.submission;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * Remembers for 24 hours which execution an {@code Idempotency-Key} made, and for which request.
 * Keys are stored by day. A look-up reads yesterday too, under a lock on the key, so that two
 * requests around midnight do not make two executions.
 */
@ApplicationScoped
class IdempotencyKeys {
    /** How long a key is remembered. */
    static final Duration KEPT = Duration.ofHours(24);

    @Language("SQL")
    private static final String LOCK =
            "select pg_advisory_xact_lock(hashtextextended('carillon.idempotency ' || ? || ' ' || ?, 0))";

    @Language("SQL")
    private static final String FIND =
            """
            select execution_id, fingerprint from idempotency_key
            where namespace = ? and key = ? and created_at > clock_timestamp() - ? * interval '1 second'
            order by created_at desc
            limit 1
            """;

    @Language("SQL")
    private static final String INSERT =
            """
            insert into idempotency_key (day, namespace, key, fingerprint, execution_id)
            values ((clock_timestamp() at time zone 'UTC')::date, ?, ?, ?, ?)
            on conflict (namespace, key, day)
                do update set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id,
                              created_at = excluded.created_at
            """;

    /** The state of a key. */
    sealed interface Known {
        /** The key is new. */
        record Unused() implements Known {}

        /** The same request came before. */
        record Repeated(UUID executionId) implements Known {}

        /** Another request came under the key. */
        record OfAnother() implements Known {}
    }

    /** Looks a key up, and keeps others from using it until the transaction ends. */
    Known lookUp(Connection connection, String namespace, String key, byte[] fingerprint)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK)) {
            statement.setString(1, namespace);
            statement.setString(2, key);
            statement.execute();
        }
        try (var statement = connection.prepareStatement(FIND)) {
            statement.setString(1, namespace);
            statement.setString(2, key);
            statement.setLong(3, KEPT.toSeconds());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return new Known.Unused();
                }
                return Arrays.equals(row.getBytes(2), fingerprint)
                        ? new Known.Repeated(row.getObject(1, UUID.class))
                        : new Known.OfAnother();
            }
        }
    }

    void remember(
            Connection connection, String namespace, String key, byte[] fingerprint, UUID execution)
            throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, namespace);
            statement.setString(2, key);
            statement.setBytes(3, fingerprint);
            statement.setObject(4, execution);
            statement.executeUpdate();
        }
    }
}
