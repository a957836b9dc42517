package io.carillon.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Times in which nothing is planned, whatever a rule says: what a schedule asks of a calendar.
 * Implementations are pure and immutable, as schedules are.
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
     * The excluded stretch that holds an instant, or null when the instant is not excluded. The
     * longer the stretch, the fewer questions a search needs to leave it.
     */
    @Nullable Excluded at(Instant instant);
}
