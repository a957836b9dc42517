package io.carillon.execution.dispatch;

import java.time.Duration;

/**
 * Limits a rate by the generic cell rate algorithm (ITU-T I.371, as virtual scheduling): starts are
 * due one interval apart, and may be early by {@link #TOLERANCE}, so that several can be taken at
 * once. In any {@code t} seconds there are at most {@code rate × (t + 0.05) + 1} of them. The only
 * state is the time at which the next start is due, in microseconds.
 */
record RateLimit(double perSecond) {
    static final Duration TOLERANCE = Duration.ofMillis(50);

    private static final double MICROS_PER_SECOND = 1_000_000;
    private static final long TOLERANCE_MICROS = TOLERANCE.toMillis() * 1000;

    /** Returns how many may start at {@code now} if the next is due at {@code next}. */
    int allowed(long next, long now) {
        long early = now + TOLERANCE_MICROS - Math.max(next, now);
        return early < 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, early / interval() + 1);
    }

    /** Returns when the next is due after {@code started} have started at {@code now}. */
    long after(long next, long now, int started) {
        return Math.max(next, now) + Math.round(started * interval());
    }

    /** Returns the time until another may start. */
    Duration untilAllowed(long next, long now) {
        return Duration.ofNanos(Math.max(0, next - TOLERANCE_MICROS - now) * 1000);
    }

    private double interval() {
        return MICROS_PER_SECOND / perSecond;
    }
}
