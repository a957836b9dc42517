package io.carillon.firing;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers triggers that this replica cannot fire because of a fault of their own: a definition
 * that it cannot read, or rows that PostgreSQL refuses. They are left out of the batches and tried
 * again one by one, so that they hold up nothing. Their rows stay due: another replica, of a newer
 * version, may be able to fire them.
 */
@ApplicationScoped
class SetAside {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** The shortest pause between two rounds of tries, however many triggers are set aside. */
    private static final Duration REST = Duration.ofSeconds(1);

    /** How many are tried in one round. */
    private static final int MAX_TRIES_PER_ROUND = 10;

    /** If there are more than this, the cause is not in the rows. */
    private static final int MAX_SET_ASIDE = 10_000;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private volatile long restUntilNanos = System.nanoTime();

    /** The failures of one trigger. */
    private record Entry(String fault, int failures, long failedNanos, long againNanos) {}

    SetAside(FiringMetrics metrics) {
        metrics.setAside(entries::size);
    }

    /** Returns the names of the triggers to leave out. */
    Set<String> names() {
        return Set.copyOf(entries.keySet());
    }

    /** Returns why a trigger was set aside; null if it was not. */
    @Nullable String faultOf(String name) {
        var entry = entries.get(name);
        return entry == null ? null : entry.fault;
    }

    int size() {
        return entries.size();
    }

    /**
     * Sets a trigger aside, or extends its pause.
     *
     * @throws IllegalStateException if so many are set aside that the cause must be a different one
     */
    void add(String name, String fault) {
        var before = entries.get(name);
        if (before == null && entries.size() >= MAX_SET_ASIDE) {
            throw new IllegalStateException(
                    "%d triggers could not be fired, the last one: %s"
                            .formatted(MAX_SET_ASIDE, fault));
        }
        if (before == null || !before.fault.equals(fault)) {
            Log.warnf("trigger set aside jobId=%s: %s", name, fault);
        }
        int failures = before == null ? 1 : before.failures + 1;
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        long now = System.nanoTime();
        entries.put(
                name,
                new Entry(
                        fault,
                        failures,
                        now,
                        now + Math.min(pause.toNanos(), LONGEST_PAUSE.toNanos())));
    }

    /** Removes a trigger that could be fired, or is no longer due. */
    void remove(String name) {
        if (entries.remove(name) != null) {
            Log.infof("trigger set aside no longer jobId=%s", name);
        }
    }

    /**
     * Makes triggers that were set aside a while ago due for a try soon, because their fault may
     * have been repaired.
     */
    void tryAgainSoon() {
        long now = System.nanoTime();
        entries.replaceAll(
                (name, entry) ->
                        now - entry.failedNanos < FIRST_PAUSE.toNanos()
                                ? entry
                                : new Entry(entry.fault, entry.failures, entry.failedNanos, now));
    }

    /** Returns the time until the next try; null if nothing is set aside. */
    @Nullable Duration untilNextTry() {
        long now = System.nanoTime();
        var next = entries.values().stream().mapToLong(each -> each.againNanos - now).min();
        return next.isEmpty()
                ? null
                : Duration.ofNanos(Math.max(0, Math.max(next.getAsLong(), restUntilNanos - now)));
    }

    /** Returns the names to try now, at most a few, longest waiting first. */
    List<String> toBeTried() {
        long now = System.nanoTime();
        if (entries.isEmpty() || restUntilNanos - now > 0) {
            return List.of();
        }
        var names =
                entries.entrySet().stream()
                        .filter(each -> each.getValue().againNanos - now <= 0)
                        .sorted(Comparator.comparingLong(each -> each.getValue().againNanos - now))
                        .limit(MAX_TRIES_PER_ROUND)
                        .map(Map.Entry::getKey)
                        .toList();
        if (!names.isEmpty()) {
            restUntilNanos = now + TimeUnit.SECONDS.toNanos(REST.toSeconds());
        }
        return names;
    }
}
