package io.carillon.calendar;

import io.carillon.problem.ProblemException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a rule that repeats an event on the same days of each year (RFC 5545 §3.3.10): {@code
 * FREQ=YEARLY} with {@code BYMONTH}, {@code BYMONTHDAY}, {@code COUNT} and {@code UNTIL}. {@code
 * BYMONTHDAY} without {@code BYMONTH} means that day of each month, as in the table of the RFC.
 * Everything else is refused.
 */
final class ICalendarRule {
    private static final int MONTHS = 12;
    private static final int LONGEST_PART = 80;

    /**
     * A day of the year on which the event begins.
     *
     * @param last null when it has no end
     */
    record Series(LocalDate first, @Nullable LocalDate last) {}

    private final ICalendarProperty rule;
    private final Start start;
    private final TreeSet<Integer> months = new TreeSet<>();
    private final TreeSet<Integer> daysOfMonth = new TreeSet<>();
    private boolean isYearly;
    private int count;
    private @Nullable String until;

    /**
     * The first start of the event.
     *
     * @param time null when it lasts whole days
     * @param isFloating whether the time names no zone
     * @param zone the zone of the time
     * @param ofCalendar the zone in which a date is compared with an {@code UNTIL} that has a time
     */
    record Start(
            LocalDate date,
            @Nullable LocalTime time,
            boolean isFloating,
            ZoneId zone,
            ZoneId ofCalendar) {}

    private ICalendarRule(ICalendarProperty rule, Start start) {
        this.rule = rule;
        this.start = start;
    }

    /**
     * @throws ProblemException 400 naming the line
     */
    static List<Series> series(ICalendarProperty rule, Start start) {
        var parsed = new ICalendarRule(rule, start);
        for (String part : rule.value().toUpperCase(Locale.ROOT).split(";", -1)) {
            parsed.part(part);
        }
        return parsed.series();
    }

    private void part(String part) {
        int equals = part.indexOf('=');
        String value = part.substring(equals + 1);
        switch (part.substring(0, Math.max(equals, 0))) {
            case "FREQ" -> isYearly = value.equals("YEARLY");
            case "INTERVAL" -> {
                if (number(part, value) != 1) {
                    throw notUnderstood(part);
                }
            }
            case "BYMONTH" -> numbers(part, value, MONTHS, months);
            case "BYMONTHDAY" -> numbers(part, value, 31, daysOfMonth);
            case "WKST" -> {
                // Has no effect on a yearly date.
            }
            case "COUNT" -> count = Math.max(1, number(part, value));
            case "UNTIL" -> until = value;
            default -> throw notUnderstood(part);
        }
    }

    private void numbers(String part, String value, int most, TreeSet<Integer> numbers) {
        for (String each : value.split(",", -1)) {
            int number = number(part, each);
            if (number < 1 || number > most) {
                throw notUnderstood(part);
            }
            numbers.add(number);
        }
    }

    private int number(String part, String value) {
        if (!value.matches("\\d{1,5}")) {
            throw notUnderstood(part);
        }
        return Integer.parseInt(value);
    }

    private ProblemException notUnderstood(String part) {
        return rule.refused(
                "RRULE: "
                        + part.substring(0, Math.min(part.length(), LONGEST_PART))
                        + " is not understood; list the dates as events instead");
    }

    private List<Series> series() {
        if (!isYearly) {
            throw rule.refused("RRULE is understood only with FREQ=YEARLY");
        }
        if (count > 0 && until != null) {
            throw rule.refused("COUNT does not go with UNTIL");
        }
        var days = daysOfYear();
        if (!days.contains(MonthDay.from(start.date))) {
            throw rule.refused("DTSTART is not one of the days of RRULE");
        }
        var readings = until == null ? List.<Predicate<LocalDate>>of() : readings(until);
        var lastOfCount = count == 0 ? start.date : lastOfCount(days);
        var series = new ArrayList<Series>();
        for (var day : days) {
            var first = onOrAfter(day, start.date);
            if (count == 0 && until == null) {
                series.add(new Series(first, null));
                continue;
            }
            var last = until == null ? onOrBefore(day, lastOfCount) : lastUntil(day, readings);
            if (last != null && !last.isBefore(first)) {
                series.add(new Series(first, last));
            }
        }
        return series;
    }

    private List<MonthDay> daysOfYear() {
        if (months.isEmpty()) {
            if (daysOfMonth.isEmpty()) {
                months.add(start.date.getMonthValue());
            } else {
                for (int month = 1; month <= MONTHS; month++) {
                    months.add(month);
                }
            }
        }
        if (daysOfMonth.isEmpty()) {
            daysOfMonth.add(start.date.getDayOfMonth());
        }
        var days = new ArrayList<MonthDay>();
        for (int month : months) {
            for (int day : daysOfMonth) {
                if (day <= Month.of(month).maxLength()) {
                    days.add(MonthDay.of(month, day));
                }
            }
        }
        return days;
    }

    private static LocalDate onOrAfter(MonthDay day, LocalDate date) {
        int year = date.getYear();
        while (!day.isValidYear(year) || day.atYear(year).isBefore(date)) {
            year++;
        }
        return day.atYear(year);
    }

    private @Nullable LocalDate onOrBefore(MonthDay day, LocalDate date) {
        for (int year = date.getYear(); year >= start.date.getYear(); year--) {
            if (day.isValidYear(year) && !day.atYear(year).isAfter(date)) {
                return day.atYear(year);
            }
        }
        return null;
    }

    private LocalDate lastOfCount(List<MonthDay> days) {
        int left = count;
        var last = start.date;
        for (int year = start.date.getYear(); year < ICalendarTimes.LAST_YEAR; year++) {
            for (var day : days) {
                if (day.isValidYear(year) && !day.atYear(year).isBefore(start.date)) {
                    last = day.atYear(year);
                    if (--left == 0) {
                        return last;
                    }
                }
            }
        }
        return last;
    }

    private @Nullable LocalDate lastUntil(MonthDay day, List<Predicate<LocalDate>> readings) {
        // Starts one day past the latest possible reading, and goes down from there.
        int latest = Math.min(ICalendarTimes.LAST_YEAR, yearOfUntil() + 1);
        for (int year = latest; year >= start.date.getYear(); year--) {
            if (!day.isValidYear(year)) {
                continue;
            }
            var date = day.atYear(year);
            long including = readings.stream().filter(reading -> reading.test(date)).count();
            if (including == readings.size()) {
                return date;
            }
            if (including > 0) {
                throw rule.refused(
                        "UNTIL has another form than DTSTART, and "
                                + date
                                + " is ambiguous because of it");
            }
        }
        return null;
    }

    private int yearOfUntil() {
        String text = until == null ? "" : until;
        return Year.parse(text.substring(0, 4)).getValue();
    }

    /**
     * Returns the possible readings of {@code UNTIL}: several if it does not have the form that the
     * RFC demands. Programs write such values; all readings agree except near that day.
     */
    private List<Predicate<LocalDate>> readings(String text) {
        try {
            return ICalendarTimes.isDate(text)
                    ? readingsOfDate(ICalendarTimes.localDate(text))
                    : readingsOfTime(ICalendarTimes.local(text), ICalendarTimes.isUtc(text));
        } catch (DateTimeException notADate) {
            throw rule.refused("UNTIL is not a date");
        }
    }

    private List<Predicate<LocalDate>> readingsOfDate(LocalDate last) {
        Predicate<LocalDate> withThatDay = date -> !date.isAfter(last);
        var time = start.time;
        return time == null
                ? List.of(withThatDay)
                : List.of(withThatDay, date -> !date.atTime(time).isAfter(last.atStartOfDay()));
    }

    private List<Predicate<LocalDate>> readingsOfTime(LocalDateTime last, boolean isUtc) {
        var time = start.time;
        if (time == null) {
            var there =
                    last.atZone(ZoneOffset.UTC).withZoneSameInstant(start.ofCalendar).toLocalDate();
            Predicate<LocalDate> asWritten = date -> !date.isAfter(last.toLocalDate());
            return isUtc ? List.of(asWritten, date -> !date.isAfter(there)) : List.of(asWritten);
        }
        Predicate<LocalDate> asUtc =
                date ->
                        !date.atTime(time)
                                .atZone(start.zone)
                                .toInstant()
                                .isAfter(last.toInstant(ZoneOffset.UTC));
        Predicate<LocalDate> asLocal = date -> !date.atTime(time).isAfter(last);
        if (isUtc) {
            return List.of(asUtc);
        }
        return start.isFloating ? List.of(asLocal) : List.of(asUtc, asLocal);
    }
}
