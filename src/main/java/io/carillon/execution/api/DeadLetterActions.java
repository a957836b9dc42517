package io.carillon.execution.api;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.execution.ledger.Dismissals;
import io.carillon.execution.ledger.FailedExecutions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dismisses dead letters and opens them again, with the audit log in the same transaction. */
@ApplicationScoped
class DeadLetterActions {
    private final Database database;
    private final Dismissals dismissals;
    private final AuditLog audit;

    /** How many were changed; {@code isMoreLeft}: more match. */
    record Many(int changed, boolean isMoreLeft) {}

    DeadLetterActions(Database database, Dismissals dismissals, AuditLog audit) {
        this.database = database;
        this.dismissals = dismissals;
        this.audit = audit;
    }

    /** Counts what {@link #dismiss} would dismiss. */
    Many count(FailedExecutions.Filter filter, int limit) {
        int found = database.with(connection -> dismissals.count(connection, filter, limit + 1));
        return new Many(Math.min(found, limit), found > limit);
    }

    /**
     * Dismisses up to {@code limit} open dead letters, oldest first.
     *
     * @param at the time of the dismissal
     */
    Many dismiss(FailedExecutions.Filter filter, Instant at, int limit) {
        return database.inTransaction(
                connection -> {
                    int dismissed = dismissals.dismiss(connection, filter, at, limit);
                    if (dismissed > 0) {
                        audit.add(
                                connection,
                                "EXECUTIONS_DISMISSED",
                                ExecutionActions.onlyOne(filter.namespaces()),
                                filter.jobId(),
                                Map.of(
                                        "filter",
                                        filter,
                                        "dismissed",
                                        dismissed,
                                        "dismissedAt",
                                        at));
                    }
                    return new Many(
                            dismissed,
                            dismissed == limit && dismissals.count(connection, filter, 1) > 0);
                });
    }

    /**
     * Opens up to {@code limit} dismissed dead letters again, oldest first.
     *
     * @param dismissedAt only those that were dismissed at this time; null: all
     */
    Many reopen(FailedExecutions.Filter filter, @Nullable Instant dismissedAt, int limit) {
        return database.inTransaction(
                connection -> {
                    int reopened = dismissals.reopen(connection, filter, dismissedAt, limit);
                    if (reopened > 0) {
                        audit.add(
                                connection,
                                "EXECUTIONS_REOPENED",
                                ExecutionActions.onlyOne(filter.namespaces()),
                                filter.jobId(),
                                Map.of("filter", filter, "reopened", reopened));
                    }
                    return new Many(reopened, reopened == limit);
                });
    }
}
