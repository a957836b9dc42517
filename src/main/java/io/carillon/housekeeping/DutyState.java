package io.carillon.housekeeping;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says how a duty went last, wherever it was done.
 *
 * @param knownSince when the first replica that has it started
 * @param succeededAt when it was last done; null: never
 * @param error what went wrong since; null when nothing did
 * @param node the replica that began it last, host and process; null: none has
 */
record DutyState(
        Instant knownSince,
        @Nullable Instant succeededAt,
        @Nullable String error,
        @Nullable String node) {
    /** For a replica that takes over, and for one that is slow. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    /** How long ago it was last done; before the first time, since it is known. */
    Duration age(Instant now) {
        var since = succeededAt == null ? knownSince : succeededAt;
        return since.isBefore(now) ? Duration.between(since, now) : Duration.ZERO;
    }

    /**
     * Whether it should have been done by now: twice since it was last, and a minute more.
     *
     * @param up for how long the replica that asks has been up: what nobody was there for is made
     *     up for first
     */
    boolean isOverdue(Duration period, Instant now, Duration up) {
        return up.compareTo(TOLERANCE) > 0
                && age(now).compareTo(period.multipliedBy(2).plus(TOLERANCE)) > 0;
    }
}
