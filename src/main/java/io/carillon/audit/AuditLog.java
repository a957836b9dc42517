package io.carillon.audit;

import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Writes the audit log. */
@ApplicationScoped
public class AuditLog {
    @Language("SQL")
    private static final String INSERT =
            """
            insert into audit (actor, address, request_id, action, namespace, job_id, details)
            values (?, ?, ?, ?, ?, ?, ?::jsonb)
            """;

    private final Actor actor;
    private final Json json;

    AuditLog(Actor actor, Json json) {
        this.actor = actor;
        this.json = json;
    }

    /**
     * Adds an entry in the transaction of {@code connection}, in the name of who makes the current
     * change.
     *
     * @param action upper-case, such as {@code TRIGGER_REPAIRED}
     * @param namespace the namespace of what was changed; null if it belongs to none, or to several
     * @param jobId null if the change does not concern a job
     */
    public void add(
            Connection connection,
            String action,
            @Nullable String namespace,
            @Nullable UUID jobId,
            Map<String, ?> details)
            throws SQLException {
        var origin = actor.origin();
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, origin.name());
            statement.setString(2, origin.address());
            statement.setString(3, origin.requestId());
            statement.setString(4, action);
            statement.setString(5, namespace);
            statement.setObject(6, jobId);
            statement.setString(7, json.text(details));
            statement.executeUpdate();
        }
    }
}
