package io.carillon.database;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where in the order of an index the last look for work ended, so that the next need not begin
 * before it.
 *
 * <p>What was claimed, or fired, leaves dead entries at the head of the index it was found by.
 * PostgreSQL forgets them as soon as nobody can see them any more; but while some transaction stays
 * open anywhere in the database, it cannot, and a look from the beginning passes over all that was
 * done since. So once such looks take long, most begin where the last one ended, and the whole is
 * looked at for a share of the time, {@link #REST}. What then comes to stand before the head waits
 * for that; as long as looks are quick, each is at the whole.
 *
 * <p>It decides where to look, never what may be taken: a head that is wrong costs time alone.
 *
 * <p>Several indexes, or parts of one, that are looked at together have a name each. Safe for use
 * by several threads.
 */
public final class IndexHeads {
    /** Rest between two long looks at everything, in proportion to the time of the first. */
    static final int REST = 20;

    /** A look of this time for itself, and for each row found, is quick. */
    private static final Duration QUICK = Duration.ofMillis(5);

    private static final Duration QUICK_EACH = Duration.ofNanos(20_000);

    /**
     * So many must have been found since the last quick look, and two whole looks been long: fewer
     * dead entries make none long, but a busy machine does.
     */
    private static final int ENOUGH = 5_000;

    /**
     * Milliseconds before the last row found where a look begins: who came earlier in order may
     * have committed later.
     */
    private static final long MARGIN_MILLIS = 250;

    private final Map<String, Long> heads = new HashMap<>();
    private long foundSinceQuick;
    private boolean wasLong;
    private long restUntilNanos;
    private boolean rests;

    /**
     * @param nowNanos as {@link System#nanoTime} has it
     * @return the key, in milliseconds, from which to look, by name; without one, from the
     *     beginning
     */
    public synchronized Map<String, Long> from(long nowNanos) {
        return rests && nowNanos - restUntilNanos < 0 ? Map.copyOf(heads) : Map.of();
    }

    /**
     * Learns from a look.
     *
     * @param isWhole it began at the beginning everywhere
     * @param took the time it took to find what it found
     * @param lastTaken the key of the last row in order that was taken, by name
     */
    public synchronized void looked(
            boolean isWhole, Duration took, int found, Map<String, Long> lastTaken, long nowNanos) {
        lastTaken.forEach((name, key) -> heads.put(name, key - MARGIN_MILLIS));
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

    /** Has the next look begin at {@code key} if it would begin after it. */
    public synchronized void seen(String name, long key) {
        heads.computeIfPresent(name, (ignored, head) -> Math.min(head, key));
    }
}
