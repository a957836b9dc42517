package io.carillon.execution.ledger;

import io.carillon.definition.ExecutionSpec;
import io.carillon.definition.Overlap;
import io.carillon.execution.OverlapDecision.Start;
import io.carillon.execution.SkipReason;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a row for the ledger: a planned instant to execute, a skipped one, or a range of
 * skipped ones.
 *
 * @param scheduledAtMillis the instant, or the first of the range; epoch milliseconds
 * @param start how it begins; {@code NEVER} if it is skipped
 * @param isFollowed whether another execution of the job may wait for its end
 * @param reason why it is skipped; null if it is to be executed
 * @param skippedUntilMillis the last instant of the range; the same as the first for a single one
 */
public record PlannedExecution(
        UUID jobId,
        String namespace,
        ExecutionSpec spec,
        long scheduledAtMillis,
        Start start,
        boolean isFollowed,
        @Nullable SkipReason reason,
        long skippedUntilMillis,
        long skippedCount) {
    /** Makes the row of one instant, as its job's overlap policy has decided. */
    public static PlannedExecution of(
            UUID jobId,
            String namespace,
            ExecutionSpec spec,
            long scheduledAtMillis,
            Overlap policy,
            Start start) {
        return start == Start.NEVER
                ? skipped(
                        jobId,
                        namespace,
                        spec,
                        scheduledAtMillis,
                        scheduledAtMillis,
                        1,
                        SkipReason.OVERLAP)
                : new PlannedExecution(
                        jobId,
                        namespace,
                        spec,
                        scheduledAtMillis,
                        start,
                        policy.letsWait(),
                        null,
                        scheduledAtMillis,
                        0);
    }

    public static PlannedExecution skipped(
            UUID jobId,
            String namespace,
            ExecutionSpec spec,
            long firstMillis,
            long lastMillis,
            long count,
            SkipReason reason) {
        return new PlannedExecution(
                jobId, namespace, spec, firstMillis, Start.NEVER, false, reason, lastMillis, count);
    }

    /** Returns -1 for none. */
    long startDeadlineAtMillis() {
        var deadline = spec.startDeadlineMillis();
        return deadline == null ? -1 : scheduledAtMillis + deadline;
    }

    String state() {
        return switch (start) {
            case NOW -> "QUEUED";
            case IN_TURN -> "BLOCKED";
            case NEVER -> "SKIPPED";
        };
    }
}
