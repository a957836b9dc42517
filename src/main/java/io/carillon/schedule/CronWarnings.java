package io.carillon.schedule;

import io.carillon.schedule.ScheduleSpec.Dst.Gap;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds effects of a cron schedule that its author may not have intended. */
final class CronWarnings {

    /** The code of the warning that jitter resolves. */
    static final String HERD = "HERD";

    private static final Duration AHEAD = Duration.ofDays(366);

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private final CronSchedule schedule;
    private final CronExpression expression;
    private final List<ScheduleWarning> warnings = new ArrayList<>();

    private CronWarnings(CronSchedule schedule) {
        this.schedule = schedule;
        this.expression = schedule.rule().expression();
    }

    static List<ScheduleWarning> of(CronSchedule schedule, Instant from) {
        CronWarnings found = new CronWarnings(schedule);
        found.uneven();
        found.eitherDay();
        found.herd();
        found.clockChanges(from);
        return List.copyOf(found.warnings);
    }

    private void uneven() {
        for (String sentence : schedule.rule().uneven()) {
            warn("UNEVEN", "fires unevenly: " + sentence);
        }
    }

    private void eitherDay() {
        if (expression.dayRule().either()) {
            warn(
                    "EITHER_DAY",
                    "day of month and day of week are both restricted, so a day that matches either"
                            + " of them fires, as in Vixie cron");
        }
    }

    /** Warns of the usual ways to write "hourly" and "daily", at which many other jobs fire too. */
    private void herd() {
        boolean topOfHour =
                expression.minutes() == Bits.of(0) && expression.seconds() == Bits.of(0);
        boolean usual = schedule.rule().elapsed() || expression.hours() == Bits.of(0);
        if (topOfHour && usual && !schedule.rule().hashed()) {
            warn(
                    HERD,
                    "fires at the same moment as every other such job; H instead of 0 in the minute"
                            + " field spreads jobs over the hour");
        }
    }

    private void clockChanges(Instant from) {
        boolean everyHour = expression.hours() == Bits.range(0, 23);
        if (schedule.rule().elapsed() && everyHour) {
            // Fires every hour in elapsed time, so changes of clocks do not affect it.
            return;
        }
        ZoneTimeline timeline = schedule.timeline();
        long until = clamped(from) + AHEAD.toSeconds();
        int stretch = timeline.stretchAt(clamped(from));
        while (!timeline.isLast(stretch) && timeline.startOf(stretch + 1) < until) {
            stretch++;
            if (withinBounds(timeline.startOf(stretch))) {
                clockChange(timeline, stretch);
            }
        }
    }

    private void clockChange(ZoneTimeline timeline, int stretch) {
        long before = timeline.startByFormerClock(stretch);
        long after = timeline.startByOwnClock(stretch);
        long affected = expression.next(Math.min(before, after));
        if (affected >= Math.max(before, after)) {
            return;
        }
        if (timeline.beginsWithGap(stretch)) {
            warn(
                    "DST_GAP",
                    "%s does not exist in %s; %s"
                            .formatted(local(affected), schedule.zone(), gapOutcome(after)));
        } else {
            warn(
                    "DST_OVERLAP",
                    "%s occurs twice in %s; %s"
                            .formatted(local(affected), schedule.zone(), overlapOutcome()));
        }
    }

    private String gapOutcome(long endOfGap) {
        return schedule.gap() == Gap.SHIFT
                ? "fires at " + local(endOfGap) + " instead"
                : "does not fire then";
    }

    private String overlapOutcome() {
        return switch (schedule.overlap()) {
            case FIRST -> "fires the first time only";
            case BOTH -> "fires both times";
            case LAST -> "fires the second time only";
        };
    }

    private boolean withinBounds(long second) {
        Instant startAt = schedule.startAt();
        Instant endAt = schedule.endAt();
        return (startAt == null || second >= startAt.getEpochSecond())
                && (endAt == null || second <= endAt.getEpochSecond());
    }

    private static long clamped(Instant instant) {
        long latest = Instants.LATEST.getEpochSecond();
        return Math.clamp(instant.getEpochSecond(), 0, latest);
    }

    private static String local(long local) {
        return LOCAL.format(LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC));
    }

    private void warn(String code, String message) {
        warnings.add(new ScheduleWarning(code, message));
    }
}
