package io.carillon.execution;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where in each queue's order the last claim ended, so that a look need not begin before it.
 *
 * <p>What was claimed leaves dead entries at the head of the queue's index. PostgreSQL forgets them
 * as soon as nobody can see them any more; but while some transaction stays open anywhere in the
 * database, it cannot, and a look at the whole queue passes over all that was claimed since. So
 * once such looks take long, most begin where the last claim ended, and the whole queue is looked
 * at for a share of the time, {@link #REST}. What then comes to stand before the head (a higher
 * priority, a retry, a rescue) waits for that; as long as looks are quick, each is at the whole
 * queue.
 *
 * <p>It decides where to look, never what may be claimed: a head that is wrong costs time alone.
 */
final class QueueHeads {
    /** Rest between two long looks at everything, in proportion to the time of the first. */
    static final int REST = 20;

    /** A look of this time for itself, and for each execution found, is quick. */
    private static final Duration QUICK = Duration.ofMillis(5);

    private static final Duration QUICK_EACH = Duration.ofNanos(20_000);

    /**
     * So many must have been found since the last quick look, and two whole looks been long: fewer
     * dead entries make none long, but a busy machine does.
     */
    private static final int ENOUGH = 5_000;

    /**
     * Milliseconds before the last claim where a look begins: who came earlier in order may have
     * committed later.
     */
    private static final long MARGIN_MILLIS = 250;

    private final Map<String, Long> heads = new HashMap<>();

    private long foundSinceQuick;
    private boolean wasLong;
    private long restUntilNanos;
    private boolean rests;

    /**
     * @param nowNanos as {@link System#nanoTime} has it
     * @return the order key from which to look, by queue; without one, a queue is looked at from
     *     its beginning
     */
    synchronized Map<String, Long> from(long nowNanos) {
        return isResting(nowNanos) ? Map.copyOf(heads) : Map.of();
    }

    /**
     * Learns from a look.
     *
     * @param isWhole it began at the beginning of each queue
     * @param took the time it took to find what it found
     * @param lastClaimed the order key of the last that was claimed, by queue
     */
    synchronized void looked(
            boolean isWhole,
            Duration took,
            int found,
            Map<String, Long> lastClaimed,
            long nowNanos) {
        lastClaimed.forEach((queue, orderKey) -> heads.put(queue, orderKey - MARGIN_MILLIS));
        foundSinceQuick += found;
        if (!isWhole) {
            return;
        }
        boolean isLong = took.compareTo(QUICK.plus(QUICK_EACH.multipliedBy(found))) > 0;
        rests = isLong && wasLong && foundSinceQuick >= ENOUGH;
        wasLong = isLong;
        foundSinceQuick = isLong ? foundSinceQuick : 0;
        restUntilNanos = nowNanos + took.toNanos() * REST;
    }

    private boolean isResting(long nowNanos) {
        return rests && nowNanos - restUntilNanos < 0;
    }
}
