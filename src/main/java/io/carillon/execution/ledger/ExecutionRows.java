package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.carillon.json.Json;
import io.carillon.trace.TraceIds;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Maps rows of the ledger to views for clients. */
@ApplicationScoped
class ExecutionRows {
    private final Json json;

    ExecutionRows(Json json) {
        this.json = json;
    }

    /** Reads the result of a query of whole rows. */
    List<ExecutionView> views(PreparedStatement statement) throws SQLException {
        var views = new ArrayList<ExecutionView>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                views.add(viewOf(row));
            }
        }
        return views;
    }

    private ExecutionView viewOf(ResultSet row) throws SQLException {
        var startedAt = instant(row, "started_at");
        var finishedAt = instant(row, "finished_at");
        var dependsOn = row.getArray("depends_on");
        String onFailure = row.getString("on_dependency_failure");
        long skipped = row.getLong("skipped_count");
        var skippedCount = row.wasNull() ? null : Long.valueOf(skipped);
        var id = row.getObject("id", UUID.class);
        return new ExecutionView(
                id,
                row.getObject("job_id", UUID.class),
                row.getString("namespace"),
                row.getString("type"),
                row.getString("queue"),
                row.getString("task"),
                ExecutionState.valueOf(row.getString("state")),
                Origin.valueOf(row.getString("origin")),
                row.getInt("priority"),
                row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
                instant(row, "planned_at"),
                row.getObject("run_at", OffsetDateTime.class).toInstant(),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                Delivery.valueOf(row.getString("delivery")),
                startedAt,
                finishedAt,
                startedAt == null || finishedAt == null
                        ? null
                        : Duration.between(startedAt, finishedAt),
                instant(row, "answer_by"),
                row.getObject("worker_id", UUID.class),
                tree(row, "result"),
                tree(row, "error"),
                tree(row, "errors"),
                tree(row, "progress"),
                row.getString("reason"),
                instant(row, "skipped_until"),
                skippedCount,
                tree(row, "labels"),
                row.getInt("weight"),
                instant(row, "start_deadline_at"),
                instant(row, "cancel_requested_at"),
                dependsOn == null ? null : List.of((UUID[]) dependsOn.getArray()),
                onFailure == null || dependsOn == null
                        ? null
                        : OnDependencyFailure.valueOf(onFailure),
                row.getObject("replay_of", UUID.class),
                row.getObject("replayed_by", UUID.class),
                instant(row, "dismissed_at"),
                row.getObject("caused_by", UUID.class),
                TraceIds.traceOf(id),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private @Nullable JsonNode tree(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : json.tree(text);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
