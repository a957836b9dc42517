package io.carillon.job;

import io.carillon.execution.ledger.ExecutionQueries;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Summarises a job in one line, for pages.
 *
 * @param schedule in words, such as "every 10 seconds"
 * @param nextFireAt null when paused, completed or on demand
 * @param lastFireAt the last planned instant that was executed; null before the first
 */
public record JobSummary(
        UUID id,
        String namespace,
        String name,
        String type,
        String schedule,
        JobStatus status,
        @Nullable Instant nextFireAt,
        @Nullable Instant lastFireAt,
        ExecutionQueries.@Nullable Latest lastExecution) {}
