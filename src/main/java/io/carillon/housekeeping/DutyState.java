package io.carillon.housekeeping;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records how a duty last went, on whichever replica.
 *
 * @param knownSince when the first replica that has it started
 * @param succeededAt when it last succeeded; null: never
 * @param error the failure since then; null if there was none
 * @param node the replica that last began it, host and process id; null: none yet
 */
record DutyState(
        Instant knownSince,
        @Nullable Instant succeededAt,
        @Nullable String error,
        @Nullable String node) {
    /** Extra time for a replica that takes over or is slow. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    /** Returns the time since it last succeeded; before the first success, since it is known. */
    Duration age(Instant now) {
        var since = succeededAt == null ? knownSince : succeededAt;
        return since.isBefore(now) ? Duration.between(since, now) : Duration.ZERO;
    }

    /**
     * Whether it is overdue: twice its period and {@link #TOLERANCE} have passed since it last
     * succeeded.
     *
     * @param up how long the asking replica has been up: duties missed while no replica was up are
     *     done first
     */
    boolean isOverdue(Duration period, Instant now, Duration up) {
        return up.compareTo(TOLERANCE) > 0
                && age(now).compareTo(period.multipliedBy(2).plus(TOLERANCE)) > 0;
    }
}
