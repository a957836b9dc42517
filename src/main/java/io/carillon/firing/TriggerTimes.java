package io.carillon.firing;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The times that a job's trigger says.
 *
 * @param nextFireAt null when it never fires again; of a paused trigger the first instant it has
 *     missed
 * @param lastFireAt the last instant that was executed; null before the first
 */
public record TriggerTimes(
        boolean isCompleted, @Nullable Instant nextFireAt, @Nullable Instant lastFireAt) {}
