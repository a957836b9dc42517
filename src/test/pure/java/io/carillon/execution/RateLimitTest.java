package io.carillon.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long EPOCH = 1_800_000_000_000_000L;

    @Property
    void inAnyWindowNoMoreStartThanItsBound(
            @ForAll @DoubleRange(min = 0.01, max = 5000) double rate,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 300_000) Integer> steps,
            @ForAll @IntRange(min = 1, max = 500) int wanted) {
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
    @Property
    void whoWaitsAsLongAsToldMayStartOne(
            @ForAll @DoubleRange(min = 0.01, max = 5000) double rate,
            @ForAll @IntRange(max = 1000) int started) {
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
