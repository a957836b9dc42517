package io.carillon.definition;

import org.jspecify.annotations.Nullable;

/**
 * The part of a job that its execution takes when it is planned, so that a later change of the job
 * does not reach it.
 *
 * @param weight slots of a worker it takes
 * @param startDeadlineMillis how long after its time it may start; null: however late
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
