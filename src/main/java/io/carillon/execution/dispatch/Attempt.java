package io.carillon.execution.dispatch;

import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandlers;
import io.carillon.handler.Outcome;
import io.carillon.problem.ProblemException;
import io.quarkus.logging.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one attempt: runs the handler on the calling thread and decides what happens to the
 * execution. An attempt ends only once: the first of timeout, cancellation, lost lease and stop
 * interrupts the handler and decides, unless the handler succeeded anyway. After a lost lease no
 * outcome counts.
 */
final class Attempt {
    /** Why an attempt was interrupted. */
    enum Interruption {
        TIMEOUT,
        CANCELLED,
        LEASE_LOST,
        STOPPING
    }

    private static final long MEMORY_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final Claim claim;
    private final JobHandlers handlers;
    private final String traceparent;
    private final AtomicReference<@Nullable Interruption> interruption = new AtomicReference<>();
    private volatile @Nullable Thread thread;

    /**
     * @param traceparent what the handler's calls are to name as their parent
     */
    Attempt(Claim claim, JobHandlers handlers, String traceparent) {
        this.claim = claim;
        this.handlers = handlers;
        this.traceparent = traceparent;
    }

    Claim claim() {
        return claim;
    }

    /** Interrupts the handler; the first of several interruptions counts. */
    void interrupt(Interruption why) {
        if (interruption.compareAndSet(null, why)) {
            var running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
    }

    /**
     * Runs the handler to its end. There is an outcome whatever it throws.
     *
     * @param now tells when the attempt ended, for the error's {@code at}
     * @return empty if the lease was lost: then nothing may be written
     */
    Optional<Completion> run(Supplier<Instant> now) {
        thread = Thread.currentThread();
        if (interruption.get() != null) {
            Thread.currentThread().interrupt();
        }
        try {
            return end(outcome(), now.get());
        } catch (Throwable failure) {
            // The outcome could not be built: the result is nested too deep, or memory has run out.
            return endUnexpected(failure, now);
        } finally {
            thread = null;
            // From here on nothing may be interrupted, and nobody interrupts any more.
            var _ = Thread.interrupted();
        }
    }

    private Outcome outcome() {
        if (claim.fault() != null) {
            return Outcome.failure("INVALID_JOB", claim.fault()).notRetryable();
        }
        try {
            return runHandler();
        } catch (InterruptedException interrupted) {
            return Outcome.failure("INTERRUPTED", "the attempt was interrupted");
        } catch (ProblemException invalid) {
            return Outcome.failure("INVALID_JOB", String.valueOf(invalid.getMessage()))
                    .notRetryable();
        } catch (Throwable failure) {
            return unexpected(failure);
        }
    }

    private Outcome unexpected(Throwable failure) {
        try {
            Log.warnf(
                    failure,
                    "handler failed jobId=%s executionId=%s attempt=%d",
                    claim.jobId(),
                    claim.id(),
                    claim.attempt());
        } catch (Throwable unlogged) {
            // Memory may have run out. The outcome says so.
            failure.addSuppressed(unlogged);
        }
        return Outcome.failure("HANDLER_ERROR", describe(failure));
    }

    private static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (RuntimeException | StackOverflowError ofItsOwn) {
            return failure.getClass().getName();
        }
    }

    /** Waits until there is memory for the outcome. */
    private Optional<Completion> endUnexpected(Throwable failure, Supplier<Instant> now) {
        while (true) {
            try {
                return end(unexpected(failure), now.get());
            } catch (OutOfMemoryError none) {
                LockSupport.parkNanos(MEMORY_PAUSE_NANOS);
            }
        }
    }

    private Optional<Completion> end(Outcome outcome, Instant now) {
        // If a handler finishes although it was interrupted, its outcome is stored if possible.
        var why = interruption.get();
        if (why == Interruption.LEASE_LOST) {
            return Optional.empty();
        }
        boolean isDone =
                outcome instanceof Outcome.Success
                        || (outcome instanceof Outcome.Deferred
                                        || outcome instanceof Outcome.HeldBack)
                                && why != Interruption.CANCELLED;
        if (why == null || isDone) {
            return Optional.of(OutcomeRules.completionOf(claim, outcome, now));
        }
        return Optional.of(interrupted(why, now));
    }

    private Outcome runHandler() throws Exception {
        return handlers.run(
                claim.type(),
                new ExecutionContext<>(
                        claim.id(),
                        claim.jobId(),
                        claim.jobName(),
                        claim.namespace(),
                        claim.attempt(),
                        claim.epoch(),
                        claim.plannedAt(),
                        traceparent,
                        claim.timeout(),
                        Objects.requireNonNull(claim.config())));
    }

    private Completion interrupted(Interruption why, Instant now) {
        return switch (why) {
            case TIMEOUT -> OutcomeRules.timedOut(claim, now);
            case CANCELLED -> Completion.cancelled(claim);
            case STOPPING, LEASE_LOST -> OutcomeRules.stopped(claim, now);
        };
    }
}
