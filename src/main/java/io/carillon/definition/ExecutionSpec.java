package io.carillon.definition;

import org.jspecify.annotations.Nullable;

/**
 * Holds the fields of a job that are copied into an execution when it is planned, so that later
 * changes of the job do not affect it.
 *
 * @param weight how many slots of a worker it takes
 * @param startDeadlineMillis how long after its time it may start; null: no limit
 */
public record ExecutionSpec(
        String type,
        String queue,
        int priority,
        int maxAttempts,
        Delivery delivery,
        long timeoutMillis,
        int weight,
        @Nullable Long startDeadlineMillis) {}
