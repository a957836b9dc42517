package io.carillon.execution.ledger;

import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts durations by buckets that grow by two per cent, as {@code duration_bucket} of the database
 * numbers them. A percentile is the middle of the bucket in which the duration of that rank lies:
 * it is at most one per cent off, before it is rounded to milliseconds. Counts of days can be
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

    /** Adds to the sum of all durations, which is kept besides, so that the mean is exact. */
    void addSeconds(double more) {
        seconds += more;
    }

    /** Null when there is no duration. */
    ExecutionStats.@Nullable Durations summary() {
        return total == 0
                ? null
                : new ExecutionStats.Durations(
                        duration(seconds / total),
                        percentile(0.5),
                        percentile(0.95),
                        percentile(0.99));
    }

    /** The smallest that the share of all durations does not exceed. */
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

    /** As far from its lower bound as from its upper one, in proportion to each. */
    private static double middle(int bucket) {
        return 2 * Math.pow(GROWTH, bucket) / (GROWTH + 1);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
