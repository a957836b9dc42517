package io.carillon.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Excludes times in which nothing is planned, whatever a rule says; schedules use calendars through
 * it. Implementations are pure and immutable, like schedules.
 */
@FunctionalInterface
public interface Exclusion {

    /**
     * A stretch of excluded time. Every instant in it is excluded; those next to it may be too.
     *
     * @param from inclusive
     * @param to exclusive
     * @param calendar the calendar's name
     * @param entry which of the calendar's entries, in words
     */
    record Excluded(Instant from, Instant to, String calendar, String entry) {}

    /**
     * Returns the excluded stretch that contains an instant; null if the instant is not excluded.
     * The longer the stretch, the fewer calls a search needs to leave it.
     */
    @Nullable Excluded at(Instant instant);
}
