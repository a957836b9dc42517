package io.carillon.calendar;

import io.carillon.schedule.Exclusion;
import java.time.Instant;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Excludes instants by a compiled calendar. An instant is excluded if its local time in the
 * calendar's zone is excluded. So a local time that occurs twice, when clocks go back, is excluded
 * both times.
 *
 * <p>A query costs two look-ups, and one comparison for each entry that is neither a date nor a day
 * of the year.
 */
final class ExclusionCalendar implements Exclusion {
    private static final int SECONDS_PER_DAY = 86_400;

    /** 1970-01-01 was a Thursday; Monday is 0. */
    private static final int FIRST_WEEKDAY = 3;

    private final String name;
    private final ZoneRules zone;
    private final boolean hasNights;
    private final Map<Long, List<Rule>> byDate = new HashMap<>();
    private final Map<MonthDay, List<Rule>> byDayOfYear = new HashMap<>();
    private final List<Rule> others = new ArrayList<>();

    /**
     * One compiled entry. Days are epoch days; seconds count from midnight on a clock without
     * changes.
     *
     * @param dayOfYear null: any day
     * @param weekdays bit 0 is Monday
     * @param end exclusive; more than one day if the entry reaches into the next day
     * @param words the entry in words, for people
     */
    record Rule(
            long firstDay,
            long lastDay,
            @Nullable MonthDay dayOfYear,
            int weekdays,
            int start,
            int end,
            String words) {

        /** The day of the year is looked up, not compared. */
        private boolean holds(long day, int second) {
            return second >= start && second < end && isOn(day);
        }

        /** Whether the entry begins on a day, which is of the day of the year. */
        boolean isOn(long day) {
            return day >= firstDay
                    && day <= lastDay
                    && ((weekdays >> Math.floorMod(day + FIRST_WEEKDAY, 7L)) & 1) != 0;
        }

        /** Whether the entry is whole days without gaps. */
        private boolean isSolid() {
            return start == 0 && end == SECONDS_PER_DAY && dayOfYear == null && weekdays == 0x7f;
        }
    }

    ExclusionCalendar(String name, ZoneId zone, List<Rule> rules) {
        this.name = name;
        this.zone = zone.getRules();
        this.hasNights = rules.stream().anyMatch(rule -> rule.end > SECONDS_PER_DAY);
        for (var rule : rules) {
            if (rule.dayOfYear != null) {
                byDayOfYear.computeIfAbsent(rule.dayOfYear, day -> new ArrayList<>()).add(rule);
            } else if (rule.firstDay == rule.lastDay) {
                byDate.computeIfAbsent(rule.firstDay, day -> new ArrayList<>()).add(rule);
            } else {
                others.add(rule);
            }
        }
    }

    @Override
    public @Nullable Excluded at(Instant instant) {
        int offset = zone.getOffset(instant).getTotalSeconds();
        long local = instant.getEpochSecond() + offset;
        long day = Math.floorDiv(local, (long) SECONDS_PER_DAY);
        int second = (int) (local - day * SECONDS_PER_DAY);
        var rule = ruleOf(day, second);
        if (rule == null && hasNights) {
            day--;
            rule = ruleOf(day, second + SECONDS_PER_DAY);
        }
        return rule == null ? null : excluded(instant, offset, day, rule);
    }

    private @Nullable Rule ruleOf(long day, int second) {
        var found = byDate.isEmpty() ? null : first(byDate.get(day), day, second);
        if (found == null && !byDayOfYear.isEmpty()) {
            var date = LocalDate.ofEpochDay(day);
            var dayOfYear = MonthDay.of(date.getMonthValue(), date.getDayOfMonth());
            found = first(byDayOfYear.get(dayOfYear), day, second);
        }
        return found == null ? first(others, day, second) : found;
    }

    private static @Nullable Rule first(@Nullable List<Rule> rules, long day, int second) {
        if (rules != null) {
            for (var rule : rules) {
                if (rule.holds(day, second)) {
                    return rule;
                }
            }
        }
        return null;
    }

    /**
     * Returns the entry's stretch around an instant, as far as the zone's offset stays the same.
     */
    private Excluded excluded(Instant instant, int offset, long day, Rule rule) {
        long firstDay = rule.isSolid() ? rule.firstDay : day;
        long lastDay = rule.isSolid() ? rule.lastDay : day;
        var from = instantOf(firstDay * SECONDS_PER_DAY + rule.start - offset);
        var to = instantOf(lastDay * SECONDS_PER_DAY + rule.end - offset);
        ZoneOffsetTransition before = zone.previousTransition(instant.plusNanos(1));
        if (before != null && before.getInstant().isAfter(from)) {
            from = before.getInstant();
        }
        ZoneOffsetTransition after = zone.nextTransition(instant);
        if (after != null && after.getInstant().isBefore(to)) {
            to = after.getInstant();
        }
        return new Excluded(from, to, name, rule.words);
    }

    private static Instant instantOf(long epochSecond) {
        return Instant.ofEpochSecond(
                Math.clamp(
                        epochSecond, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()));
    }
}
