package io.carillon.audit;

import io.carillon.event.EventItem;
import io.carillon.event.EventLog;
import io.carillon.event.EventLog.Happened;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Writes the audit log, and the events of changes. */
@ApplicationScoped
public class AuditLog {
    @Language("SQL")
    private static final String INSERT =
            """
            insert into audit (actor, address, request_id, action, namespace, job_id, details)
            values (?, ?, ?, ?, ?, ?, ?::jsonb)
            """;

    /**
     * Matches actions of which everybody who may see the namespace may know; the end of a cancelled
     * execution is an event of its own.
     */
    private static final Pattern EVENTS =
            Pattern.compile(
                    "(JOBS?|TRIGGERS?|QUEUE|CALENDAR|NAMESPACE|WORKERS?|EXECUTIONS?)_(?!CANCELLED).*");

    private final Actor actor;
    private final Json json;
    private final EventLog events;

    AuditLog(Actor actor, Json json, EventLog events) {
        this.actor = actor;
        this.json = json;
        this.events = events;
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
        if (EVENTS.matcher(action).matches()) {
            events.add(
                    connection,
                    List.of(new Happened(namespace, event(action, jobId, origin.name(), details))));
        }
    }

    private static EventItem event(
            String action, @Nullable UUID jobId, String actor, Map<String, ?> details) {
        var rest = new TreeMap<String, Object>(details);
        rest.keySet().removeAll(Set.of("before", "after"));
        return EventItem.ofChange(
                action.toLowerCase(Locale.ROOT).replaceFirst("_", "."), jobId, actor, rest);
    }
}
