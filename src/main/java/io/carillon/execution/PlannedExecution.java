package io.carillon.execution;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row for the ledger: a planned instant to be executed, or one that is skipped, or a whole range
 * of those.
 *
 * @param scheduledAtMillis the instant, or the first of the range; epoch milliseconds
 * @param reason null when it is to be executed
 * @param skippedUntilMillis the last instant of the range; the same as the first for a single one
 */
public record PlannedExecution(
        UUID jobId,
        String namespace,
        ExecutionSpec spec,
        long scheduledAtMillis,
        @Nullable String reason,
        long skippedUntilMillis,
        long skippedCount) {

    public static PlannedExecution toExecute(
            UUID jobId, String namespace, ExecutionSpec spec, long scheduledAtMillis) {
        return new PlannedExecution(
                jobId, namespace, spec, scheduledAtMillis, null, scheduledAtMillis, 0);
    }
}
