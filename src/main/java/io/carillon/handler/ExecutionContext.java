package io.carillon.handler;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an attempt to its handler.
 *
 * @param jobId null for a submission
 * @param jobName null for a submission
 * @param attempt 1 for the first
 * @param epoch fencing number: grows with every claim of the execution
 * @param scheduledAt the planned instant, or when it was submitted or triggered
 * @param traceparent names the attempt's span to what the handler calls, by W3C Trace Context
 * @param timeout after which the attempt's thread is interrupted
 */
public record ExecutionContext<C>(
        UUID executionId,
        @Nullable UUID jobId,
        @Nullable String jobName,
        String namespace,
        int attempt,
        long epoch,
        Instant scheduledAt,
        String traceparent,
        Duration timeout,
        C config) {

    /** Returns the same attempt with another form of its config. */
    <T> ExecutionContext<T> with(T other) {
        return new ExecutionContext<>(
                executionId,
                jobId,
                jobName,
                namespace,
                attempt,
                epoch,
                scheduledAt,
                traceparent,
                timeout,
                other);
    }
}
