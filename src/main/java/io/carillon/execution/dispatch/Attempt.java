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
 * One attempt in progress: runs the handler on the calling thread and says what becomes of the
 * execution. It ends once: of timeout, cancellation, lost lease and stop the first interrupts the
 * handler and decides, unless the handler succeeded all the same; after a lost lease nothing
 * counts.
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
    private final AtomicReference<@Nullable Interruption> interruption = new AtomicReference<>();
    private volatile @Nullable Thread thread;

    Attempt(Claim claim, JobHandlers handlers) {
        this.claim = claim;
        this.handlers = handlers;
    }

    Claim claim() {
        return claim;
    }

    /** Interrupts the handler; of several interruptions the first counts. */
    void interrupt(Interruption why) {
        if (interruption.compareAndSet(null, why)) {
            var running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
    }

    /**
     * Runs the handler to its end. Whatever is thrown, there is an outcome.
     *
     * @param now when the attempt ended is read from here, for the error's {@code at}
     * @return empty when the lease was lost: then nothing may be written
     */
    Optional<Completion> run(Supplier<Instant> now) {
        thread = Thread.currentThread();
        if (interruption.get() != null) {
            Thread.currentThread().interrupt();
        }
        try {
            return end(outcome(), now.get());
        } catch (Throwable failure) {
            // The outcome could not be made: a result nested too deep, or no memory.
            return endUnexpected(failure, now);
        } finally {
            thread = null;
            // Nothing after this is to be interrupted, and nobody interrupts any more.
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
            // For want of memory, perhaps. The outcome says it.
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
        // A handler that finished although it was interrupted has its outcome stored, if it may be.
        var why = interruption.get();
        if (why == Interruption.LEASE_LOST) {
            return Optional.empty();
        }
        if (why == null || outcome instanceof Outcome.Success) {
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
