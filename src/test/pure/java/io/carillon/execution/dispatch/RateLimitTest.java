package io.carillon.execution.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long EPOCH = 1_800_000_000_000_000L;

    @Seeded
    void inAnyWindowNoMoreStartThanItsBound(long seed) {
        var random = new Random(seed);
        double rate = Generate.ofAnySize(random, 0.01, 5000);
        int longest = (int) Generate.ofAnySize(random, 1, 300_000);
        int[] steps = random.ints(Generate.between(random, 1, 200), 0, longest + 1).toArray();
        int wanted = Generate.between(random, 1, 500);
        var limit = new RateLimit(rate);
        long now = EPOCH;
        long next = 0;
        var times = new ArrayList<Long>();
        var counts = new ArrayList<Integer>();

        for (int step : steps) {
            now += step;
            int started = Math.min(wanted, limit.allowed(next, now));
            next = started == 0 ? next : limit.after(next, now, started);
            times.add(now);
            counts.add(started);
        }

        for (int from = 0; from < times.size(); from++) {
            long sum = 0;
            for (int to = from; to < times.size(); to++) {
                sum += counts.get(to);
                double seconds = (times.get(to) - times.get(from)) / 1e6;
                // Rounding to microseconds may give one away in very many.
                assertThat((double) sum)
                        .isLessThanOrEqualTo(rate * (seconds + 0.05) + 1 + 0.01 * rate);
            }
        }
    }

    /** Otherwise a dispatcher that waits so long would find nothing, or wait for ever. */
    @Seeded
    void whoWaitsAsLongAsToldMayStartOne(long seed) {
        var random = new Random(seed);
        double rate = Generate.ofAnySize(random, 0.01, 5000);
        int started = Generate.between(random, 0, 1000);
        var limit = new RateLimit(rate);
        long next = limit.after(0, EPOCH, started);

        long wait = limit.untilAllowed(next, EPOCH).toNanos() / 1000;

        assertThat(limit.allowed(next, EPOCH + wait)).isPositive();
        if (wait > 1) {
            assertThat(limit.allowed(next, EPOCH + wait - 2)).isZero();
        }
    }

    @Test
    void anIdleQueueSavesNothingUp() {
        var limit = new RateLimit(10);
        long next = limit.after(0, EPOCH, 1);

        assertThat(limit.allowed(next, EPOCH + Duration.ofHours(1).toNanos() / 1000)).isEqualTo(1);
    }

    @Test
    void overALongTimeTheRateIsReached() {
        var limit = new RateLimit(100);
        long next = 0;
        int started = 0;
        for (long now = EPOCH; now < EPOCH + 10_000_000; now += 10_000) {
            int allowed = limit.allowed(next, now);
            started += allowed;
            next = allowed == 0 ? next : limit.after(next, now, allowed);
        }

        assertThat(started).isBetween(1000, 1006);
    }
}
