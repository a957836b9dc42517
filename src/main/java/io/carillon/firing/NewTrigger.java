package io.carillon.firing;

import java.time.Instant;
import java.util.UUID;

/** A trigger to be stored with its job; {@code nextFireAt} in whole milliseconds. */
public record NewTrigger(
        UUID jobId, String namespace, long jobVersion, Instant nextFireAt, boolean isPaused) {}
