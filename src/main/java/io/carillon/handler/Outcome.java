package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.placeholder.Mask;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Describes the outcome of an attempt. */
public sealed interface Outcome {
    /** Success, with a value for the execution's {@code result}; null for none. */
    @Nullable JsonNode result();

    /** Returns this outcome without the values that a mask hides. */
    Outcome masked(Mask mask);

    private static @Nullable JsonNode masked(@Nullable JsonNode result, Mask mask) {
        return result == null ? null : mask.of(result);
    }

    record Success(@Nullable JsonNode result) implements Outcome {
        @Override
        public Outcome masked(Mask mask) {
            return mask.isEmpty() ? this : new Success(Outcome.masked(result, mask));
        }
    }

    /**
     * @param code stable and upper-case, such as {@code HTTP_STATUS}
     * @param isRetryable false when another attempt could not end otherwise
     * @param retryAt not before this instant; null to leave it to the retry policy
     * @param hadNoEffect true when nothing has left this replica, so that another attempt is safe
     *     even where at most one may run
     * @param pausesJob true when the job should not run again until somebody has looked at it
     */
    record Failure(
            String code,
            String message,
            boolean isRetryable,
            @Nullable Instant retryAt,
            boolean hadNoEffect,
            boolean pausesJob,
            @Nullable JsonNode result)
            implements Outcome {

        @Override
        public Outcome masked(Mask mask) {
            return mask.isEmpty()
                    ? this
                    : new Failure(
                            code,
                            mask.of(message),
                            isRetryable,
                            retryAt,
                            hadNoEffect,
                            pausesJob,
                            Outcome.masked(result, mask));
        }

        public Failure withResult(JsonNode seen) {
            return new Failure(code, message, isRetryable, retryAt, hadNoEffect, pausesJob, seen);
        }

        public Failure notRetryable() {
            return new Failure(code, message, false, null, hadNoEffect, pausesJob, result);
        }

        public Failure notBefore(Instant instant) {
            return new Failure(code, message, true, instant, hadNoEffect, pausesJob, result);
        }

        public Failure withoutEffect() {
            return new Failure(code, message, isRetryable, retryAt, true, pausesJob, result);
        }

        /** Returns this failure with an effect: something may have left this replica before. */
        public Failure withEffect() {
            return new Failure(code, message, isRetryable, retryAt, false, pausesJob, result);
        }

        /** Returns this failure as not retryable, and pausing the job. */
        public Failure pausingJob() {
            return new Failure(code, message, false, null, hadNoEffect, true, result);
        }
    }

    /**
     * The target has accepted the work and answers later, see {@link JobHandler#unanswered}.
     *
     * @param until when the answer is overdue
     * @param result what is known so far; the answer replaces it
     */
    record Deferred(Instant until, @Nullable JsonNode result) implements Outcome {
        @Override
        public Outcome masked(Mask mask) {
            return mask.isEmpty() ? this : new Deferred(until, Outcome.masked(result, mask));
        }
    }

    /**
     * Nothing was begun: the target may not be called now. The attempt does not count.
     *
     * @param delay until the execution may be claimed again
     * @param code stable and upper-case, such as {@code HOST_BUSY}
     */
    record HeldBack(Duration delay, String code, String message) implements Outcome {
        @Override
        public @Nullable JsonNode result() {
            return null;
        }

        @Override
        public Outcome masked(Mask mask) {
            return mask.isEmpty() ? this : new HeldBack(delay, code, mask.of(message));
        }
    }

    static Outcome success() {
        return new Success(null);
    }

    /** A failure that may be retried as the retry policy says. */
    static Failure failure(String code, String message) {
        return new Failure(code, message, true, null, false, false, null);
    }
}
