package io.carillon.stats;

import io.carillon.stats.StatsView.Delays;
import io.carillon.stats.StatsView.Ended;
import io.carillon.stats.StatsView.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sums counts of {@link Activity} over a stretch of time. */
final class Counts {
    private final Map<String, Map<String, Long>> byKind = new HashMap<>();

    void add(String kind, String name, long count) {
        byKind.computeIfAbsent(kind, absent -> new TreeMap<>()).merge(name, count, Long::sum);
    }

    void addAll(Counts others) {
        others.byKind.forEach(
                (kind, counts) -> counts.forEach((name, count) -> add(kind, name, count)));
    }

    long of(String kind) {
        return named(kind).values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<String, Long> named(String kind) {
        return byKind.getOrDefault(kind, Map.of());
    }

    long succeeded() {
        return of(Activity.ENDED + "SUCCEEDED");
    }

    long failed() {
        return of(Activity.ENDED + "FAILED");
    }

    Window window() {
        long succeeded = succeeded();
        long failed = failed();
        return new Window(
                of(Activity.FIRED),
                of(Activity.SKIPPED),
                succeeded,
                failed,
                of(Activity.ENDED + "RETRYING"),
                succeeded + failed == 0 ? null : (double) succeeded / (succeeded + failed),
                delays(),
                byType());
    }

    private Map<String, Ended> byType() {
        var succeeded = named(Activity.ENDED + "SUCCEEDED");
        var failed = named(Activity.ENDED + "FAILED");
        var byType = new TreeMap<String, Ended>();
        succeeded.forEach((type, count) -> byType.put(type, new Ended(count, 0)));
        failed.forEach(
                (type, count) ->
                        byType.merge(
                                type,
                                new Ended(0, count),
                                (one, other) -> new Ended(one.succeeded(), other.failed())));
        return byType;
    }

    private @Nullable Delays delays() {
        var p50 = delay(0.5);
        var p95 = delay(0.95);
        var p99 = delay(0.99);
        return p50 == null || p95 == null || p99 == null ? null : new Delays(p50, p95, p99);
    }

    /**
     * Returns the bound of the bucket that holds the delay of this rank; null if there are none.
     */
    @Nullable Duration delay(double share) {
        var byBound = new TreeMap<Long, Long>();
        named(Activity.DELAY)
                .forEach((bound, count) -> byBound.merge(Long.parseLong(bound), count, Long::sum));
        long total = byBound.values().stream().mapToLong(Long::longValue).sum();
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long passed = 0;
        for (var bucket : byBound.entrySet()) {
            passed += bucket.getValue();
            if (passed >= rank) {
                return Duration.ofNanos(bucket.getKey());
            }
        }
        return null;
    }
}
