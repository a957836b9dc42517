package io.carillon.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a count of what all queues held at one time, and what happened since an earlier count.
 *
 * @param held what each queue holds
 * @param earlier how many executions each queue held then; null when there is no earlier count
 * @param ended how many ended in between, by queue
 * @param between the time from the earlier count to this one
 */
record QueueSample(
        Instant sampledAt,
        Map<QueueKey, Held> held,
        @Nullable Map<QueueKey, Long> earlier,
        Map<QueueKey, Long> ended,
        Duration between) {

    /**
     * @param oldestQueuedAt since when the oldest QUEUED execution has been ready to run
     */
    record Held(Map<String, Long> byState, @Nullable Instant oldestQueuedAt) {
        static final Held NOTHING = new Held(Map.of(), null);

        long total() {
            return byState.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Returns a queue's statistics at {@code now}. */
    QueueStatistics of(QueueKey queue, Instant now) {
        var inQueue = held.getOrDefault(queue, Held.NOTHING);
        Double in = null;
        Double out = null;
        if (earlier != null && between.isPositive()) {
            double seconds = between.toMillis() / 1000.0;
            long left = ended.getOrDefault(queue, 0L);
            // Executions that came in have either ended or are still there. The counts of ended
            // ones come a few seconds late, so the difference may be negative.
            long came = left + inQueue.total() - earlier.getOrDefault(queue, 0L);
            in = rounded(Math.max(0, came) / seconds);
            out = rounded(left / seconds);
        }
        return new QueueStatistics(
                new TreeMap<>(inQueue.byState),
                age(inQueue.oldestQueuedAt, now),
                in,
                out,
                sampledAt,
                positive(Duration.between(sampledAt, now)));
    }

    private static @Nullable Duration age(@Nullable Instant since, Instant now) {
        return since == null ? null : positive(Duration.between(since, now));
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static double rounded(double perSecond) {
        return Math.round(perSecond * 1000) / 1000.0;
    }
}
