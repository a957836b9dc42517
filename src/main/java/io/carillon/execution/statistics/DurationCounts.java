package io.carillon.execution.statistics;

import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts durations in buckets that grow by two per cent, numbered by the database function {@code
 * duration_bucket}. A percentile is the middle of the bucket in which the duration of that rank
 * lies: it is at most one per cent off, before it is rounded to milliseconds. Counts of days can be
 * added, which percentiles cannot.
 */
final class DurationCounts {
    static final double GROWTH = 1.02;

    private final TreeMap<Integer, Long> counts = new TreeMap<>();
    private double seconds;
    private long total;

    void add(int bucket, long count) {
        counts.merge(bucket, count, Long::sum);
        total += count;
    }

    /** Adds to the sum of all durations, which is kept separately, so that the mean is exact. */
    void addSeconds(double more) {
        seconds += more;
    }

    /** Returns the summary; null if there are no durations. */
    ExecutionStats.@Nullable Durations summary() {
        return total == 0
                ? null
                : new ExecutionStats.Durations(
                        duration(seconds / total),
                        percentile(0.5),
                        percentile(0.95),
                        percentile(0.99));
    }

    /** Returns the smallest duration that this share of all durations does not exceed. */
    private Duration percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long passed = 0;
        for (var bucket : counts.entrySet()) {
            passed += bucket.getValue();
            if (passed >= rank) {
                return duration(middle(bucket.getKey()));
            }
        }
        throw new IllegalStateException("Fewer durations than were counted");
    }

    /** Returns the geometric middle of a bucket. */
    private static double middle(int bucket) {
        return 2 * Math.pow(GROWTH, bucket) / (GROWTH + 1);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
