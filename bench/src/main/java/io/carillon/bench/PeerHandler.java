package io.carillon.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What every peer's no-op does: it counts, and tells how late it started if it had a time. */
public final class PeerHandler {
    private static final LongAdder EXECUTED = new LongAdder();

    /** The start of the first since {@link #mark}; zero: none yet. */
    private static final AtomicLong FIRST_START = new AtomicLong();

    private static final Queue<Start> STARTS = new ConcurrentLinkedQueue<>();

    record Start(long dueMillis, double delayMillis) {}

    private PeerHandler() {}

    /** For an execution that was due when it was submitted. */
    public static void run() {
        if (FIRST_START.get() == 0) {
            FIRST_START.compareAndSet(0, System.currentTimeMillis());
        }
        EXECUTED.increment();
    }

    /** For one that was submitted ahead of its time. */
    public static void runAt(long dueMillis) {
        var delay = Duration.between(Instant.ofEpochMilli(dueMillis), Instant.now());
        STARTS.add(new Start(dueMillis, delay.toNanos() / 1e6));
        run();
    }

    static void mark() {
        FIRST_START.set(0);
    }

    static long executed() {
        return EXECUTED.sum();
    }

    static long firstStartMillis() {
        return FIRST_START.get();
    }

    /** The delays, sorted, of what was due since then. */
    static double[] delaysSince(long fromDueMillis) {
        return STARTS.stream()
                .filter(start -> start.dueMillis >= fromDueMillis)
                .mapToDouble(Start::delayMillis)
                .sorted()
                .toArray();
    }
}
