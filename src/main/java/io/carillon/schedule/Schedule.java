package io.carillon.schedule;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule that yields planned instants: pure calendar arithmetic, immutable and thread-safe.
 *
 * <p>Planned instants have millisecond precision and form a set: each occurs once. The answers of
 * {@link #next} and {@link #previous} are consistent with each other and strictly monotone: for
 * {@code x = next(t)} no planned instant lies between {@code t} and {@code x}, and {@code
 * previous(x + 1 ms)} is {@code x}. Made by {@link ScheduleSpec#compile}, which refuses a schedule
 * without any planned instant.
 */
public sealed interface Schedule
        permits CronSchedule, IntervalSchedule, OneTimeSchedule, RefinedSchedule {

    /**
     * The first planned instant strictly later than {@code after}, or null when there is none. Any
     * instant may be asked for, {@link Instant#MIN} included.
     */
    @Nullable Instant next(Instant after);

    /**
     * The last planned instant strictly earlier than {@code before}, or null when there is none.
     * Any instant may be asked for, {@link Instant#MAX} included.
     */
    @Nullable Instant previous(Instant before);

    /** The rule in English words, such as "at 09:00 on Monday to Friday, Europe/Paris time". */
    String description();

    /**
     * Returns what somebody who wrote this schedule may not have meant; empty when there is nothing
     * to say.
     *
     * @param from where the search for daylight-saving changes begins; it ends a year later
     */
    List<ScheduleWarning> warnings(Instant from);

    /**
     * Which calendar entry keeps an instant from being planned; null when the rule does not yield
     * the instant (before any jitter), or nothing excludes it.
     */
    default Exclusion.@Nullable Excluded exclusionOf(Instant instant) {
        return null;
    }

    /** Whether {@link #count} costs the same for a million instants as for a few. */
    default boolean countsAtOnce() {
        return false;
    }

    /**
     * The number of planned instants in {@code [fromInclusive, toExclusive)}; counting stops at
     * {@code limit}. Constant time for intervals, by years and changes of clocks for cron, with
     * jitter and a number of runs as well; where calendars exclude instants, proportional to the
     * answer.
     */
    default long count(Instant fromInclusive, Instant toExclusive, long limit) {
        long count = 0;
        Instant cursor = Instants.justBefore(fromInclusive);
        while (count < limit) {
            Instant planned = next(cursor);
            if (planned == null || !planned.isBefore(toExclusive)) {
                break;
            }
            count++;
            cursor = planned;
        }
        return count;
    }
}
