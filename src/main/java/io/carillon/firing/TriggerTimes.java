package io.carillon.firing;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds the times in a job's trigger.
 *
 * @param nextFireAt null if it never fires again; for a paused trigger, the first instant after its
 *     ledger's end
 * @param lastFireAt the last executed instant; null before the first
 */
public record TriggerTimes(
        boolean isCompleted, @Nullable Instant nextFireAt, @Nullable Instant lastFireAt) {}
