package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ExecutionTransitions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Describes how an attempt ended and the next state of its execution.
 *
 * @param state RETRYING after {@code delay}, AWAITING an answer for as long as {@code delay},
 *     QUEUED if it was given back untried, or a final one
 * @param error null on success: code and message of this attempt
 * @param pausesJob whether to pause its job
 * @param isHeldBack whether nothing was begun, so that the attempt does not count
 */
public record Completion(
        Claim claim,
        ExecutionState state,
        Duration delay,
        @Nullable JsonNode result,
        @Nullable JsonNode error,
        boolean pausesJob,
        boolean isHeldBack) {

    public Completion {
        if (!ExecutionTransitions.allows(ExecutionState.RUNNING, state)) {
            throw new IllegalArgumentException("An attempt cannot end in " + state);
        }
    }

    /** Makes the completion of an attempt that was begun. */
    public Completion(
            Claim claim,
            ExecutionState state,
            Duration delay,
            @Nullable JsonNode result,
            @Nullable JsonNode error,
            boolean pausesJob) {
        this(claim, state, delay, result, error, pausesJob, false);
    }

    /** This one with another result. */
    public Completion withResult(@Nullable JsonNode other) {
        return new Completion(claim, state, delay, other, error, pausesJob, isHeldBack);
    }

    /** Makes the completion of an attempt that must wait for its target. */
    public static Completion heldBack(Claim claim, Duration delay, JsonNode why) {
        return new Completion(claim, ExecutionState.RETRYING, delay, null, why, false, true);
    }

    public static Completion succeeded(Claim claim, @Nullable JsonNode result) {
        return new Completion(claim, ExecutionState.SUCCEEDED, Duration.ZERO, result, null, false);
    }

    public static Completion givenBack(Claim claim) {
        return new Completion(claim, ExecutionState.QUEUED, Duration.ZERO, null, null, false);
    }

    /** Makes the completion of an attempt whose outcome PostgreSQL refused: it fails for good. */
    public static Completion refused(Claim claim, String why, Instant at) {
        var error =
                AttemptError.of(
                        "OUTCOME_REFUSED",
                        "PostgreSQL refused the outcome of this attempt: " + why,
                        claim.attempt(),
                        at);
        return new Completion(claim, ExecutionState.FAILED, Duration.ZERO, null, error, false);
    }

    public static Completion cancelled(Claim claim) {
        return new Completion(claim, ExecutionState.CANCELLED, Duration.ZERO, null, null, false);
    }
}
