package io.carillon.job;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Summarises a job in one line, for pages.
 *
 * @param schedule in words, such as "every 10 seconds"
 * @param fault why it cannot be fired or read; null if it can
 * @param pauseNote given when it was paused; null: none, or it is not paused
 * @param nextFireAt null when paused, completed or on demand
 */
@RegisterForReflection
public record JobSummary(
        UUID id,
        String namespace,
        String name,
        String type,
        String schedule,
        JobStatus status,
        @Nullable String fault,
        @Nullable String pauseNote,
        @Nullable Instant nextFireAt,
        Instant createdAt) {}
