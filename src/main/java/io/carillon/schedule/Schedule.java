package io.carillon.schedule;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Yields planned instants by a rule: pure calendar arithmetic, immutable and thread-safe.
 *
 * <p>Planned instants have millisecond precision and form a set: each occurs once. The results of
 * {@link #next} and {@link #previous} are consistent with each other and strictly monotone: for
 * {@code x = next(t)} no planned instant lies between {@code t} and {@code x}, and {@code
 * previous(x + 1 ms)} is {@code x}. {@link ScheduleSpec#compile} makes schedules and refuses one
 * without any planned instant.
 */
public sealed interface Schedule
        permits CronSchedule, IntervalSchedule, OneTimeSchedule, RefinedSchedule {

    /**
     * Returns the first planned instant strictly later than {@code after}; null if there is none.
     * Accepts any instant, {@link Instant#MIN} included.
     */
    @Nullable Instant next(Instant after);

    /**
     * Returns the last planned instant strictly earlier than {@code before}; null if there is none.
     * Accepts any instant, {@link Instant#MAX} included.
     */
    @Nullable Instant previous(Instant before);

    /**
     * Returns the rule in English words, such as "at 09:00 on Monday to Friday, Europe/Paris time".
     */
    String description();

    /**
     * Returns effects that the author of this schedule may not have intended; may be empty.
     *
     * @param from where the search for daylight-saving changes begins; it ends a year later
     */
    List<ScheduleWarning> warnings(Instant from);

    /**
     * Returns the calendar entry that excludes an instant; null if the rule does not yield the
     * instant (before any jitter), or nothing excludes it.
     */
    default Exclusion.@Nullable Excluded exclusionOf(Instant instant) {
        return null;
    }

    /** Whether {@link #count} costs the same for a million instants as for a few. */
    default boolean countsAtOnce() {
        return false;
    }

    /**
     * Counts the planned instants in {@code [fromInclusive, toExclusive)}, up to {@code limit}.
     * Takes constant time for intervals, and time proportional to years and changes of clocks for
     * cron; the same with jitter and a number of runs. If calendars exclude instants, takes time
     * proportional to the result.
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
