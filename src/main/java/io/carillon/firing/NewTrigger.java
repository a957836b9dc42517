package io.carillon.firing;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes a trigger to be stored with its job.
 *
 * @param nextFireAt in whole milliseconds; null: it never fires again, and its job is completed
 */
public record NewTrigger(
        UUID jobId,
        String namespace,
        long jobVersion,
        @Nullable Instant nextFireAt,
        boolean isPaused) {}
