package io.carillon.execution.ledger;

import io.carillon.execution.ExecutionState;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects what a listing of executions shows; null components do not restrict.
 *
 * @param labels labels that the execution, or its job if it has one, must all have
 */
public record ExecutionFilter(
        @Nullable ExecutionState state,
        @Nullable UUID jobId,
        @Nullable Set<String> namespaces,
        @Nullable String type,
        @Nullable String queue,
        @Nullable Instant from,
        @Nullable Instant to,
        Map<String, String> labels) {}
