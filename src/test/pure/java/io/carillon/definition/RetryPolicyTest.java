package io.carillon.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.definition.RetryPolicy.Backoff;
import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

    @ParameterizedTest(name = "{0} after attempt {1}: {2}")
    @CsvSource({
        "FIXED, 1, PT2S",
        "FIXED, 50, PT2S",
        "LINEAR, 1, PT2S",
        "LINEAR, 3, PT6S",
        "LINEAR, 999, PT60S",
        "EXPONENTIAL, 1, PT2S",
        "EXPONENTIAL, 2, PT4S",
        "EXPONENTIAL, 5, PT32S",
        "EXPONENTIAL, 6, PT60S",
        "EXPONENTIAL, 1000, PT60S"
    })
    void theDelayGrowsByItsBackoffUpToItsMaximum(Backoff backoff, int attempt, Duration delay) {
        var policy = new RetryPolicy(9, backoff, Duration.ofSeconds(2), Duration.ofMinutes(1), 0.0);

        assertThat(policy.delayAfter(attempt, 0.99)).isEqualTo(delay);
    }

    @Seeded
    void jitterTakesAtMostItsShareOfTheDelay(long seed) {
        var random = new Random(seed);
        var backoff = Generate.oneOf(random, Backoff.values());
        int attempt = Generate.between(random, 1, random.nextBoolean() ? 20 : 1000);
        double jitter = Generate.below(random, 0, Math.nextUp(1.0));
        double draw = Generate.below(random, 0, 1);
        var steady = new RetryPolicy(9, backoff, Duration.ofSeconds(1), Duration.ofHours(1), 0.0);
        var jittered =
                new RetryPolicy(9, backoff, Duration.ofSeconds(1), Duration.ofHours(1), jitter);

        long whole = steady.delayAfter(attempt, draw).toMillis();

        assertThat((double) jittered.delayAfter(attempt, draw).toMillis())
                .isBetween(whole * (1 - jitter) - 1, (double) whole);
    }

    @Test
    void whatIsLeftOutIsTheDefault() {
        var nothing = new RetryPolicy(null, null, null, null, null);

        assertThat(nothing.orDefaults()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(nothing.attempts()).isEqualTo(3);
        assertThat(nothing.delayAfter(1, 0)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void noDelayIsNoDelay() {
        var policy = new RetryPolicy(3, Backoff.EXPONENTIAL, Duration.ZERO, null, 1.0);

        assertThat(policy.delayAfter(3, 0.5)).isZero();
    }
}
