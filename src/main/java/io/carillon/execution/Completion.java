package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended and what becomes of its execution.
 *
 * @param state SUCCEEDED or FAILED, RETRYING after {@code delay}, or QUEUED when it was given back
 *     untried
 * @param error null on success: code and message of this attempt
 */
record Completion(
        Claim claim,
        ExecutionState state,
        Duration delay,
        @Nullable JsonNode result,
        @Nullable JsonNode error) {}
