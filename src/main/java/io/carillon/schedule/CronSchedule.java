package io.carillon.schedule;

import io.carillon.schedule.ScheduleSpec.Dst.Gap;
import io.carillon.schedule.ScheduleSpec.Dst.Overlap;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the planned instants of a cron expression in a time zone.
 *
 * <p>The zone's time line is a sequence of stretches of constant offset. Inside a stretch, local
 * time and elapsed time advance together, so the next planned instant is the next matching local
 * time minus the offset. The daylight-saving policy decides where a stretch begins and ends:
 *
 * <ul>
 *   <li>Gap, SHIFT: the first instant of the stretch after the gap is planned when any local time
 *       in the gap matches. So several shifted times, and a time that is planned there anyway,
 *       become one instant. SKIP: nothing is planned.
 *   <li>Overlap, FIRST: the later stretch begins, for this purpose, only after the repeated local
 *       times. LAST: the earlier stretch ends before them. BOTH: neither.
 *   <li>A rule with a wildcard hour follows elapsed time: gaps as SKIP, overlaps as BOTH.
 * </ul>
 *
 * <p>The walk relies on stretches being longer than the local times that are repeated at their end,
 * which holds for every zone of the JDK in the years of cron and is checked by a test.
 */
final class CronSchedule implements Schedule {

    private static final long NEVER = CronExpression.NEVER;
    private static final long NOT_BEFORE = CronExpression.NOT_BEFORE;

    private final CronRule rule;
    private final CronExpression expression;
    private final ZoneId zone;
    private final ZoneTimeline timeline;
    private final Gap gap;
    private final Overlap overlap;
    private final @Nullable Instant startAt;
    private final @Nullable Instant endAt;
    private final long firstSecond;
    private final long lastSecond;

    /**
     * @param startAt nothing earlier is planned, or null
     * @param endAt nothing later is planned, or null
     */
    CronSchedule(
            CronRule rule,
            ZoneId zone,
            Gap gap,
            Overlap overlap,
            @Nullable Instant startAt,
            @Nullable Instant endAt) {
        this.rule = rule;
        this.expression = rule.expression();
        this.zone = zone;
        this.timeline = ZoneTimeline.of(zone);
        this.gap = rule.elapsed() ? Gap.SKIP : gap;
        this.overlap = rule.elapsed() ? Overlap.BOTH : overlap;
        this.startAt = startAt;
        this.endAt = endAt;
        this.firstSecond =
                Math.max(
                        startAt == null ? Long.MIN_VALUE : Instants.ceilingSecond(startAt),
                        CronExpression.FIRST_LOCAL - ZoneTimeline.MAX_OFFSET);
        this.lastSecond =
                Math.min(
                        endAt == null ? Long.MAX_VALUE : endAt.getEpochSecond(),
                        CronExpression.LAST_LOCAL + ZoneTimeline.MAX_OFFSET);
    }

    @Override
    public @Nullable Instant next(Instant after) {
        long found = nextSecond(Math.max(after.getEpochSecond() + 1, firstSecond));
        return found > lastSecond ? null : Instant.ofEpochSecond(found);
    }

    @Override
    public @Nullable Instant previous(Instant before) {
        long found = previousSecond(Math.min(Instants.lastSecondBefore(before), lastSecond));
        return found < firstSecond ? null : Instant.ofEpochSecond(found);
    }

    /**
     * Counts stretch by stretch, including what a gap shifts to the start of one: exact at every
     * change of clocks.
     */
    @Override
    public long count(Instant fromInclusive, Instant toExclusive, long limit) {
        long from = Math.max(secondAtOrAfter(fromInclusive), firstSecond);
        long last = Math.min(secondAtOrAfter(toExclusive) - 1, lastSecond);
        if (from > last) {
            return 0;
        }
        long count = 0;
        for (int stretch = timeline.stretchAt(from); count < limit; stretch++) {
            if (timeline.startOf(stretch) >= from && shiftsToStartOf(stretch)) {
                // If the first local time of the stretch matches too, both are one instant.
                count += expression.next(firstLocalOf(stretch)) == firstLocalOf(stretch) ? 0 : 1;
            }
            int offset = timeline.offsetOf(stretch);
            count +=
                    expression.count(
                            Math.max(from + offset, firstLocalOf(stretch)),
                            Math.min(last + 1 + offset, endLocalOf(stretch)));
            if (timeline.isLast(stretch) || timeline.startOf(stretch + 1) > last) {
                break;
            }
        }
        return Math.min(count, limit);
    }

    private static long secondAtOrAfter(Instant instant) {
        return instant.equals(Instant.MIN)
                ? instant.getEpochSecond()
                : Instants.ceilingSecond(instant);
    }

    @Override
    public boolean countsAtOnce() {
        return true;
    }

    @Override
    public String description() {
        return CronDescription.of(this);
    }

    @Override
    public List<ScheduleWarning> warnings(Instant from) {
        return CronWarnings.of(this, from);
    }

    @Override
    public String toString() {
        return rule.text() + " in " + zone;
    }

    CronRule rule() {
        return rule;
    }

    ZoneId zone() {
        return zone;
    }

    ZoneTimeline timeline() {
        return timeline;
    }

    /** Returns what happens to local times in a gap; SKIP when the rule follows elapsed time. */
    Gap gap() {
        return gap;
    }

    /** Returns which of two equal local times counts; BOTH when the rule follows elapsed time. */
    Overlap overlap() {
        return overlap;
    }

    @Nullable Instant startAt() {
        return startAt;
    }

    @Nullable Instant endAt() {
        return endAt;
    }

    /** Returns the first planned second at or after {@code from}, ignoring startAt and endAt. */
    private long nextSecond(long from) {
        if (from > lastSecond) {
            return NEVER;
        }
        long second = from;
        int stretch = timeline.stretchAt(second);
        while (true) {
            if (second == timeline.startOf(stretch) && shiftsToStartOf(stretch)) {
                return second;
            }
            int offset = timeline.offsetOf(stretch);
            long lower = Math.max(second + offset, firstLocalOf(stretch));
            long found = expression.next(lower);
            if (found < endLocalOf(stretch)) {
                return found - offset;
            }
            if (timeline.isLast(stretch)) {
                return NEVER;
            }
            int following = stretch + 1;
            if (firstLocalOf(following) >= lower) {
                // Nothing matches from here to `found`, so the stretches between need no visit.
                if (found == NEVER) {
                    return NEVER;
                }
                long safe = found - ZoneTimeline.MAX_OFFSET;
                following = Math.max(following, timeline.stretchAt(safe));
            }
            stretch = following;
            second = timeline.startOf(stretch);
        }
    }

    /** Returns the last planned second at or before {@code from}, ignoring startAt and endAt. */
    private long previousSecond(long from) {
        if (from < firstSecond) {
            return NOT_BEFORE;
        }
        long second = from;
        int stretch = timeline.stretchAt(second);
        while (true) {
            int offset = timeline.offsetOf(stretch);
            long upper = Math.min(second + offset, endLocalOf(stretch) - 1);
            long found = expression.previous(upper);
            if (found != NOT_BEFORE && found >= firstLocalOf(stretch)) {
                return found - offset;
            }
            if (shiftsToStartOf(stretch)) {
                return timeline.startOf(stretch);
            }
            if (timeline.isFirst(stretch)) {
                return NOT_BEFORE;
            }
            int preceding = stretch - 1;
            if (endLocalOf(preceding) - 1 <= upper) {
                if (found == NOT_BEFORE) {
                    return NOT_BEFORE;
                }
                long safe = found + ZoneTimeline.MAX_OFFSET;
                preceding = Math.min(preceding, timeline.stretchAt(safe));
            }
            second = timeline.startOf(preceding + 1) - 1;
            stretch = preceding;
        }
    }

    private boolean shiftsToStartOf(int stretch) {
        return gap == Gap.SHIFT
                && timeline.beginsWithGap(stretch)
                && expression.next(timeline.startByFormerClock(stretch))
                        < timeline.startByOwnClock(stretch);
    }

    /** Returns the first local time of a stretch that counts. */
    private long firstLocalOf(int stretch) {
        if (timeline.isFirst(stretch)) {
            return Long.MIN_VALUE;
        }
        return overlap == Overlap.FIRST && timeline.beginsWithOverlap(stretch)
                ? timeline.startByFormerClock(stretch)
                : timeline.startByOwnClock(stretch);
    }

    /** Returns the local time at which a stretch ends; earlier ones count. */
    private long endLocalOf(int stretch) {
        if (timeline.isLast(stretch)) {
            return Long.MAX_VALUE;
        }
        return overlap == Overlap.LAST && timeline.beginsWithOverlap(stretch + 1)
                ? timeline.startByOwnClock(stretch + 1)
                : timeline.startByFormerClock(stretch + 1);
    }
}
