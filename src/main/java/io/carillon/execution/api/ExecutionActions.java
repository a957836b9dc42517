package io.carillon.execution.api;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.execution.submission.Replays;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes executions as clients ask, and writes the audit log in the same transaction. */
@ApplicationScoped
class ExecutionActions {
    private final Database database;
    private final ExecutionControl control;
    private final Replays replays;
    private final AuditLog audit;

    ExecutionActions(Database database, ExecutionControl control, Replays replays, AuditLog audit) {
        this.database = database;
        this.control = control;
        this.replays = replays;
        this.audit = audit;
    }

    /** Cancels an execution, as {@link ExecutionControl#cancel} does. */
    void cancel(ExecutionView execution) {
        database.inTransaction(
                connection -> {
                    var changed = control.cancel(connection, List.of(execution.id()), "REQUESTED");
                    if (!changed.isEmpty()) {
                        audit.add(
                                connection,
                                "EXECUTION_CANCELLED",
                                execution.namespace(),
                                execution.jobId(),
                                Map.of("executionId", execution.id()));
                    }
                    return changed.size();
                });
    }

    /**
     * Changes priority and time to run of an execution that waits.
     *
     * @return false when it no longer waits
     */
    boolean move(ExecutionView execution, @Nullable Integer priority, @Nullable Instant runAt) {
        return database.inTransaction(
                connection -> {
                    if (!control.move(execution.id(), priority, runAt)) {
                        return false;
                    }
                    var details = new TreeMap<String, Object>();
                    details.put("executionId", execution.id());
                    if (priority != null) {
                        details.put("priority", priority);
                    }
                    if (runAt != null) {
                        details.put("runAt", runAt);
                    }
                    audit.add(
                            connection,
                            "EXECUTION_MOVED",
                            execution.namespace(),
                            execution.jobId(),
                            details);
                    return true;
                });
    }

    /** Runs an execution again; returns the id of the new one. */
    UUID replay(ExecutionView execution) {
        return database.inTransaction(
                connection -> {
                    var replay = replays.replay(execution.id(), execution.jobId());
                    audit.add(
                            connection,
                            "EXECUTION_REPLAYED",
                            execution.namespace(),
                            execution.jobId(),
                            Map.of("executionId", execution.id(), "replay", replay));
                    return replay;
                });
    }

    /** Runs dead letters again, in batches, then writes one audit entry for all of them. */
    Replays.Many replayAll(FailedExecutions.Filter filter, int limit) {
        var many = replays.replayAll(filter, limit);
        if (many.replayed() > 0) {
            database.run(
                    connection ->
                            audit.add(
                                    connection,
                                    "EXECUTIONS_REPLAYED",
                                    onlyOne(filter.namespaces()),
                                    filter.jobId(),
                                    Map.of("filter", filter, "replayed", many.replayed())));
        }
        return many;
    }

    static @Nullable String onlyOne(@Nullable Set<String> namespaces) {
        return namespaces != null && namespaces.size() == 1 ? namespaces.iterator().next() : null;
    }
}
