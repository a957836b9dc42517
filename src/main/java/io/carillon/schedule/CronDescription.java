package io.carillon.schedule;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Describes a cron schedule in English words. It describes the meaning, not the notation: hashes
 * are resolved, and two ways to write the same schedule read alike.
 */
final class CronDescription {

    /** The most times of day that are listed one by one. */
    private static final int MAX_TIMES = 6;

    private final CronExpression expression;
    private final DayRule days;

    private CronDescription(CronSchedule schedule) {
        this.expression = schedule.rule().expression();
        this.days = expression.dayRule();
    }

    static String of(CronSchedule schedule) {
        CronDescription description = new CronDescription(schedule);
        StringBuilder text = new StringBuilder();
        text.append(
                Stream.of(
                                description.timePhrase(),
                                description.dayPhrase(),
                                description.monthPhrase(),
                                description.yearPhrase())
                        .filter(phrase -> !phrase.isEmpty())
                        .collect(Collectors.joining(" ")));
        text.append(", ").append(zoneName(schedule.zone()));
        if (schedule.startAt() != null) {
            text.append(", from ").append(schedule.startAt());
        }
        if (schedule.endAt() != null) {
            text.append(", until ").append(schedule.endAt());
        }
        return text.toString();
    }

    private static String zoneName(ZoneId zone) {
        return zone.equals(ZoneOffset.UTC) ? "UTC" : zone + " time";
    }

    private String timePhrase() {
        List<Integer> hours = Words.members(expression.hours());
        List<Integer> minutes = Words.members(expression.minutes());
        List<Integer> seconds = Words.members(expression.seconds());
        if (listsTimes()) {
            List<String> times = new ArrayList<>();
            for (int hour : hours) {
                for (int minute : minutes) {
                    for (int second : seconds) {
                        times.add(time(hour, minute, second));
                    }
                }
            }
            return "at " + Words.join(times, "and");
        }
        return Stream.of(secondPhrase(), minutePhrase(), hourPhrase())
                .filter(phrase -> !phrase.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private boolean listsTimes() {
        return Long.bitCount(expression.hours())
                        * Long.bitCount(expression.minutes())
                        * Long.bitCount(expression.seconds())
                <= MAX_TIMES;
    }

    private String time(int hour, int minute, int second) {
        return expression.seconds() == Bits.of(0)
                ? String.format(Locale.ROOT, "%02d:%02d", hour, minute)
                : String.format(Locale.ROOT, "%02d:%02d:%02d", hour, minute, second);
    }

    private String secondPhrase() {
        if (expression.seconds() == Bits.of(0)) {
            return "";
        }
        String phrase = frequency(expression.seconds(), "second");
        return expression.minutes() == Bits.range(0, 59) ? phrase : phrase + " of";
    }

    private String minutePhrase() {
        long minutes = expression.minutes();
        boolean onTheMinute = expression.seconds() == Bits.of(0);
        if (minutes == Bits.range(0, 59)) {
            if (onTheMinute) {
                return "every minute";
            }
            return isFrequency(expression.seconds()) ? "" : "of every minute";
        }
        if (onTheMinute && minutes == Bits.of(0)) {
            return "";
        }
        return onTheMinute ? frequency(minutes, "minute") : list(minutes, "minute");
    }

    private String hourPhrase() {
        long hours = expression.hours();
        boolean onTheHour =
                expression.seconds() == Bits.of(0) && expression.minutes() == Bits.of(0);
        int step = Words.evenStep(hours, 24);
        if (onTheHour) {
            if (step > 0) {
                return step == 1 ? "every hour" : "every " + step + " hours";
            }
            List<String> times = Words.ranges(Words.members(hours), this::fullHour);
            return (times.size() == 1 ? "every hour from " : "at ") + Words.join(times, "and");
        }
        if (step == 1) {
            boolean often =
                    isFrequency(expression.minutes())
                            || (expression.minutes() == Bits.range(0, 59));
            return often ? "" : "of every hour";
        }
        if (step > 1) {
            return "of every " + step + (step == 2 ? "nd" : step == 3 ? "rd" : "th") + " hour";
        }
        int first = Bits.first(hours);
        int last = Bits.last(hours);
        if (hours == Bits.range(first, last)) {
            return String.format(Locale.ROOT, "between %02d:00 and %02d:59", first, last);
        }
        return "in " + list(hours, "hour");
    }

    private String fullHour(int hour) {
        return time(hour, 0, 0);
    }

    private static boolean isFrequency(long sixty) {
        return Words.evenStep(sixty, 60) > 0;
    }

    /** "every 5 minutes", or "at minutes 3 and 7". */
    private static String frequency(long bits, String noun) {
        int step = Words.evenStep(bits, 60);
        if (step > 0) {
            return step == 1 ? "every " + noun : "every " + step + " " + noun + "s";
        }
        return "at " + list(bits, noun);
    }

    /** "minute 3", "minutes 3 to 7 and 20". */
    private static String list(long bits, String noun) {
        List<Integer> members = Words.members(bits);
        return Words.plural(members.size(), noun)
                + " "
                + Words.join(Words.ranges(members, Integer::toString), "and");
    }

    private String dayPhrase() {
        String ofMonth = dayOfMonthPhrase();
        String ofWeek = dayOfWeekPhrase();
        if (ofMonth.isEmpty() || ofWeek.isEmpty()) {
            // "Every day" or anything else is every day.
            String phrase = days.either() ? "" : ofMonth + ofWeek;
            return phrase.isEmpty() && listsTimes() ? "every day" : phrase;
        }
        return ofMonth + (days.either() ? " or " : ", if it is also ") + ofWeek;
    }

    private String dayOfMonthPhrase() {
        if (days.days() == Bits.range(1, 31)) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        if (days.days() != 0) {
            parts.add(list(days.days(), "day"));
        }
        for (int day : Words.members(days.nearWeekday())) {
            parts.add("the weekday nearest to day " + day);
        }
        for (int before : Words.members(days.fromLast())) {
            parts.add(fromLast(before));
        }
        for (int before : Words.members(days.nearLastWeekday())) {
            parts.add(
                    before == 0
                            ? "the last weekday"
                            : "the weekday nearest to " + fromLast(before));
        }
        return "on " + Words.join(parts, "and") + " of the month";
    }

    private static String fromLast(int before) {
        return before == 0
                ? "the last day"
                : before + " " + Words.plural(before, "day") + " before the last day";
    }

    private String dayOfWeekPhrase() {
        if (days.weekdays() == Bits.range(0, 6)) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        if (days.weekdays() != 0) {
            // If the week begins on Monday, Saturday and Sunday are neighbours.
            List<Integer> weekdays =
                    Words.members(days.weekdays()).stream()
                            .map(weekday -> weekday == 0 ? 7 : weekday)
                            .sorted()
                            .toList();
            parts.addAll(Words.ranges(weekdays, CronDescription::weekday));
        }
        for (int bit : Words.members(days.nthWeekdays())) {
            parts.add("the " + Words.ordinal(bit / 7 + 1) + " " + weekday(bit % 7));
        }
        for (int weekday : Words.members(days.lastWeekdays())) {
            parts.add("the last " + weekday(weekday));
        }
        boolean counted = (days.nthWeekdays() | days.lastWeekdays()) != 0;
        return "on " + Words.join(parts, "and") + (counted ? " of the month" : "");
    }

    private static String weekday(int number) {
        return DayOfWeek.of(number == 0 ? 7 : number)
                .getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private String monthPhrase() {
        if (expression.months() == Bits.range(1, 12)) {
            return "";
        }
        List<Integer> months = Words.members(expression.months());
        return "in " + Words.join(Words.ranges(months, CronDescription::month), "and");
    }

    private static String month(int number) {
        return Month.of(number).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private String yearPhrase() {
        if (expression.years().isAll()) {
            return "";
        }
        List<Integer> years = new ArrayList<>();
        YearSet set = expression.years();
        for (int year = set.next(CronField.FIRST_YEAR); year >= 0; year = set.next(year + 1)) {
            years.add(year);
        }
        return "in " + Words.join(Words.ranges(years, Integer::toString), "and");
    }
}
