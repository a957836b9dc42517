package io.carillon.calendar;

import io.carillon.calendar.ExclusionCalendar.Rule;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Tells which days of a year a calendar excludes, in its time zone, for people.
 *
 * @param days all of the year, in order
 */
public record CalendarYear(int year, List<Day> days) {
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int MAX_NAMED = 4;
    private static final int LONGEST_NAME = 60;

    /** How much of a day is excluded. */
    public enum Kind {
        OPEN,
        PART,
        WHOLE
    }

    /**
     * A day.
     *
     * @param words what excludes it; empty if nothing does
     */
    public record Day(LocalDate date, Kind kind, String words) {}

    /** A stretch of a day, in seconds from midnight on a clock without changes. */
    private record Stretch(int from, int to, String words) {
        private String inWords() {
            return words.contains(" to ")
                    ? words
                    : "%s, %s to %s".formatted(words, timeOf(from), timeOf(to));
        }

        private static String timeOf(int second) {
            return second == SECONDS_PER_DAY ? "24:00" : LocalTime.ofSecondOfDay(second).toString();
        }
    }

    /** Works out a year of a calendar. */
    public static CalendarYear of(CalendarView calendar, int year) {
        var rules = calendar.definition().rules();
        var days = new ArrayList<Day>();
        for (var date = LocalDate.of(year, 1, 1); date.getYear() == year; date = date.plusDays(1)) {
            days.add(dayOf(date, rules));
        }
        return new CalendarYear(year, days);
    }

    /** An entry that reaches into the next day began the day before. */
    private static Day dayOf(LocalDate date, List<Rule> rules) {
        var stretches = new ArrayList<Stretch>();
        for (var rule : rules) {
            if (isOn(rule, date)) {
                stretches.add(
                        new Stretch(
                                rule.start(),
                                Math.min(rule.end(), SECONDS_PER_DAY),
                                cut(rule.words())));
            }
            if (rule.end() > SECONDS_PER_DAY && isOn(rule, date.minusDays(1))) {
                stretches.add(new Stretch(0, rule.end() - SECONDS_PER_DAY, cut(rule.words())));
            }
        }
        if (stretches.isEmpty()) {
            return new Day(date, Kind.OPEN, "");
        }
        stretches.sort(Comparator.comparingInt(Stretch::from));
        int reached = 0;
        for (var stretch : stretches) {
            if (stretch.from <= reached) {
                reached = Math.max(reached, stretch.to);
            }
        }
        boolean isWhole = reached == SECONDS_PER_DAY;
        var words = new LinkedHashSet<String>();
        for (var stretch : stretches) {
            boolean isAllDay = stretch.from == 0 && stretch.to == SECONDS_PER_DAY;
            words.add(isAllDay ? stretch.words : stretch.inWords());
        }
        return new Day(date, isWhole ? Kind.WHOLE : Kind.PART, text(words));
    }

    private static String cut(String words) {
        return words.codePointCount(0, words.length()) <= LONGEST_NAME
                ? words
                : words.substring(0, words.offsetByCodePoints(0, LONGEST_NAME - 1)) + "…";
    }

    private static boolean isOn(Rule rule, LocalDate date) {
        var dayOfYear = rule.dayOfYear();
        return rule.isOn(date.toEpochDay())
                && (dayOfYear == null || dayOfYear.equals(MonthDay.from(date)));
    }

    private static String text(Collection<String> words) {
        var named = words.stream().limit(MAX_NAMED).toList();
        String text = String.join("; ", named);
        return words.size() > MAX_NAMED
                ? text + " and " + (words.size() - MAX_NAMED) + " more"
                : text;
    }
}
