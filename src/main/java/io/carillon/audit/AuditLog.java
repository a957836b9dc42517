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
    /** The actor of what the service does by itself. */
    public static final String CARILLON = "carillon";

    @Language("SQL")
    private static final String INSERT =
            "insert into audit (actor, action, job_id, details) values (?, ?, ?, ?::jsonb)";

    private final Json json;

    AuditLog(Json json) {
        this.json = json;
    }

    /**
     * Adds an entry in the transaction of {@code connection}.
     *
     * @param action upper-case, such as {@code TRIGGER_REPAIRED}
     * @param jobId null when it is about no job
     */
    public void add(
            Connection connection,
            String actor,
            String action,
            @Nullable UUID jobId,
            Map<String, ?> details)
            throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, actor);
            statement.setString(2, action);
            statement.setObject(3, jobId);
            statement.setString(4, json.text(details));
            statement.executeUpdate();
        }
    }
}
