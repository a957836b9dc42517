package io.carillon.outgoing.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Estimates when a host has room for one more call, so that executions that are held back come back
 * one after the other and about when they can go on.
 */
final class HostPaces {
    private static final int MAX_HOSTS = 1000;
    private static final double SHARE_OF_LAST = 0.2;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration FIRST = Duration.ofSeconds(1);

    private static final class Pace {
        private double callNanos = FIRST.toNanos();
        private long turnNanos = System.nanoTime();
    }

    private final Map<String, Pace> paces =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Pace> eldest) {
                    return size() > MAX_HOSTS;
                }
            };

    /** A call of the host has ended. */
    synchronized void ended(String host, Duration took) {
        var pace = paces.computeIfAbsent(host, _ -> new Pace());
        pace.callNanos += SHARE_OF_LAST * (took.toNanos() - pace.callNanos);
    }

    /** Returns the time until one more call has a turn behind all that were told theirs before. */
    synchronized Duration untilTurn(String host, int places) {
        var pace = paces.computeIfAbsent(host, _ -> new Pace());
        long now = System.nanoTime();
        long each = (long) (pace.callNanos / places);
        if (pace.turnNanos - now < 0) {
            pace.turnNanos = now;
        }
        pace.turnNanos += each;
        long longest = LONGEST.toNanos();
        if (pace.turnNanos - now > longest) {
            pace.turnNanos = now + longest;
            return Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest / 2, longest));
        }
        return Duration.ofNanos(Math.max(SHORTEST.toNanos(), pace.turnNanos - now));
    }
}
