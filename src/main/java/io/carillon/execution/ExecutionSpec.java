package io.carillon.execution;

/**
 * What an execution takes from its job when it is planned, so that a later change of the job does
 * not reach it.
 */
public record ExecutionSpec(
        String type,
        String queue,
        int priority,
        int maxAttempts,
        Delivery delivery,
        long timeoutMillis) {}
