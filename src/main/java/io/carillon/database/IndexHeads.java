package io.carillon.database;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers where in an index the last look for work ended, so that the next look can begin there.
 *
 * <p>Claimed or fired rows leave dead entries at the head of the index. PostgreSQL removes them
 * once no transaction can see them. While some transaction stays open anywhere in the database, it
 * cannot, and a look from the beginning passes over everything done since. So once looks take long,
 * most begin where the last one ended, and looks at the whole index take only a share of the time,
 * see {@link #REST}. A row that is then added before the head waits for a look at the whole. As
 * long as looks are quick, each one is at the whole.
 *
 * <p>A head decides where to look, never what may be taken: a wrong one costs only time.
 *
 * <p>Each index, or part of an index, that is looked at together with others has a name.
 * Thread-safe.
 *
 * @param <K> names
 */
public final class IndexHeads<K> {
    /**
     * The pause between two long looks at the whole, as a multiple of the duration of the first.
     */
    static final int REST = 20;

    /** A look is quick if it takes at most this, plus {@code QUICK_EACH} for each row found. */
    private static final Duration QUICK = Duration.ofMillis(5);

    private static final Duration QUICK_EACH = Duration.ofNanos(20_000);

    /**
     * How many rows must have been found since the last quick look, and two whole looks must have
     * been long, before looks begin at the last head. Fewer dead entries do not make a look long,
     * but a busy machine does.
     */
    private static final int MIN_FOUND = 5_000;

    /**
     * How many milliseconds before the last row found a look begins: a row that is earlier in the
     * order may have been committed later.
     */
    private static final long MARGIN_MILLIS = 250;

    private final Map<K, Long> heads = new HashMap<>();
    private long foundSinceQuick;
    private boolean wasLong;
    private long restUntilNanos;
    private boolean rests;

    /**
     * @param nowNanos from {@link System#nanoTime}
     * @return by name, the key from which to look, in milliseconds; from the beginning if absent
     */
    public synchronized Map<K, Long> from(long nowNanos) {
        return rests && nowNanos - restUntilNanos < 0 ? Map.copyOf(heads) : Map.of();
    }

    /**
     * Learns from a look.
     *
     * @param isWhole whether it began at the beginning everywhere
     * @param took how long it took
     * @param lastTaken the key of the last row in order that was taken, by name
     */
    public synchronized void looked(
            boolean isWhole, Duration took, int found, Map<K, Long> lastTaken, long nowNanos) {
        lastTaken.forEach((name, key) -> heads.put(name, key - MARGIN_MILLIS));
        foundSinceQuick += found;
        if (!isWhole) {
            return;
        }
        boolean isLong = took.compareTo(QUICK.plus(QUICK_EACH.multipliedBy(found))) > 0;
        rests = isLong && wasLong && foundSinceQuick >= MIN_FOUND;
        wasLong = isLong;
        foundSinceQuick = isLong ? foundSinceQuick : 0;
        restUntilNanos = nowNanos + took.toNanos() * REST;
    }

    /** Makes the next look begin at {@code key} at the latest. */
    public synchronized void seen(K name, long key) {
        heads.computeIfPresent(name, (ignored, head) -> Math.min(head, key));
    }
}
