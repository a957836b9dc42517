package io.carillon.execution.dispatch;

import io.carillon.definition.Delivery;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.AttemptError;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.handler.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** Decides what happens to an execution whose attempt has ended, wherever it ran. */
public final class OutcomeRules {
    private OutcomeRules() {}

    /** Returns the consequence of an outcome: success, another attempt, or failure for good. */
    public static Completion completionOf(Claim claim, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Success success ->
                    Completion.succeeded(claim, ResultLimit.cap(success.result()));
            case Outcome.Deferred deferred ->
                    new Completion(
                            claim,
                            ExecutionState.AWAITING,
                            between(now, deferred.until()),
                            ResultLimit.cap(deferred.result()),
                            null,
                            false);
            case Outcome.HeldBack held ->
                    Completion.heldBack(
                            claim,
                            held.delay(),
                            AttemptError.of(held.code(), held.message(), claim.attempt(), now));
            case Outcome.Failure failure -> {
                boolean again =
                        failure.isRetryable()
                                && claim.attempt() < claim.maxAttempts()
                                && (claim.delivery() == Delivery.AT_LEAST_ONCE
                                        || failure.hadNoEffect());
                yield new Completion(
                        claim,
                        again ? ExecutionState.RETRYING : ExecutionState.FAILED,
                        again ? delayOf(claim, failure, now) : Duration.ZERO,
                        ResultLimit.cap(failure.result()),
                        AttemptError.of(failure.code(), failure.message(), claim.attempt(), now),
                        failure.pausesJob());
            }
        };
    }

    /** The attempt took longer than it may. */
    public static Completion timedOut(Claim claim, Instant now) {
        return completionOf(
                claim,
                Outcome.failure("TIMEOUT", "the attempt took longer than " + claim.timeout()),
                now);
    }

    /** Its worker stopped before the attempt was finished. */
    public static Completion stopped(Claim claim, Instant now) {
        return claim.delivery() == Delivery.AT_LEAST_ONCE
                ? Completion.givenBack(claim)
                : completionOf(
                        claim,
                        Outcome.failure("WORKER_STOPPED", "the worker stopped while it ran"),
                        now);
    }

    private static Duration delayOf(Claim claim, Outcome.Failure failure, Instant now) {
        if (failure.retryAt() == null) {
            return Objects.requireNonNull(claim.retry())
                    .delayAfter(claim.attempt(), ThreadLocalRandom.current().nextDouble());
        }
        return between(now, failure.retryAt());
    }

    private static Duration between(Instant now, Instant then) {
        return now.isAfter(then) ? Duration.ZERO : Duration.between(now, then);
    }
}
