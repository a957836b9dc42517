package io.carillon.definition;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * Says how often and how soon a failed execution is retried. Absent components mean the defaults.
 *
 * @param maxAttempts the total number of attempts, the first included; default 3
 * @param delay the delay before the second attempt; default 1 s
 * @param maxDelay the longest delay; default 5 min
 * @param jitter the share of a delay that is random, 0 to 1; default 0.2
 */
@Schema(name = "RetryPolicy")
@RegisterForReflection
public record RetryPolicy(
        @Min(1)
                @Max(1000)
                @Schema(
                        examples = "3",
                        description = "The total number of attempts, the first included")
                @Nullable Integer maxAttempts,
        @Schema(examples = "EXPONENTIAL", description = "How the delay grows")
                @Nullable Backoff backoff,
        @DurationMin(millis = 0)
                @DurationMax(days = 30)
                @Schema(
                        type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                        examples = "PT1S",
                        description = "The delay before the second attempt")
                @Nullable Duration delay,
        @DurationMin(millis = 0)
                @DurationMax(days = 30)
                @Schema(
                        type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                        examples = "PT5M",
                        description = "The longest delay")
                @Nullable Duration maxDelay,
        @DecimalMin("0.0")
                @DecimalMax("1.0")
                @Schema(examples = "0.2", description = "The share of a delay that is random")
                @Nullable Double jitter) {

    /** Says how the delay grows from one attempt to the next. */
    public enum Backoff {
        FIXED,
        LINEAR,
        EXPONENTIAL
    }

    public static final RetryPolicy DEFAULT =
            new RetryPolicy(
                    3, Backoff.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofMinutes(5), 0.2);

    /** Returns this policy with every absent component set to its default. */
    public RetryPolicy orDefaults() {
        return new RetryPolicy(
                maxAttempts == null ? DEFAULT.maxAttempts : maxAttempts,
                backoff == null ? DEFAULT.backoff : backoff,
                delay == null ? DEFAULT.delay : delay,
                maxDelay == null ? DEFAULT.maxDelay : maxDelay,
                jitter == null ? DEFAULT.jitter : jitter);
    }

    public int attempts() {
        return maxAttempts == null ? 3 : maxAttempts;
    }

    /**
     * Returns the delay after a failed attempt.
     *
     * @param attempt the attempt that failed, 1 for the first
     * @param draw a random number from 0 (inclusive) to 1 (exclusive), which places the delay in
     *     the range of the jitter
     */
    public Duration delayAfter(int attempt, double draw) {
        var policy = orDefaults();
        double base = millis(policy.delay, DEFAULT.delay);
        double limit = millis(policy.maxDelay, DEFAULT.maxDelay);
        double grown =
                switch (policy.backoff == null ? Backoff.EXPONENTIAL : policy.backoff) {
                    case FIXED -> base;
                    case LINEAR -> base * attempt;
                    case EXPONENTIAL -> base * Math.pow(2, Math.min(attempt - 1, 60));
                };
        double share = policy.jitter == null ? 0 : policy.jitter;
        double capped = Math.min(grown, limit);
        return Duration.ofMillis(Math.round(capped * (1 - share * draw)));
    }

    private static double millis(@Nullable Duration value, @Nullable Duration otherwise) {
        return value != null ? value.toMillis() : otherwise != null ? otherwise.toMillis() : 0;
    }
}
