package io.carillon.calendar;

import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes excluded times, as a client writes them: on which days (one date, one day of every
 * year, or every day; optionally between two dates and only on given weekdays), and at what time of
 * these days (default: all day).
 */
@Schema(name = "CalendarEntry")
@RegisterForReflection
public record CalendarEntry(
        @Size(max = 255)
                @Schema(
                        examples = "Christmas",
                        description = "Shown when a client asks why an instant was not executed")
                @Nullable String name,
        @Schema(examples = "2026-04-03", description = "One day") @Nullable String date,
        @Schema(examples = "12-25", description = "Month and day of every year")
                @Nullable String yearly,
        @Schema(examples = "2026-12-24", description = "The first day") @Nullable String from,
        @Schema(examples = "2027-01-02", description = "The last day") @Nullable String to,
        @Size(max = 7) @Schema(examples = "[\"SAT\", \"SUN\"]", description = "Only these weekdays")
                @Nullable List<@NotNull Weekday> days,
        @Valid @Schema(description = "Only at this time of these days") @Nullable TimeOfDay time) {

    private static final int FIRST_YEAR = 1970;
    private static final String WHOLE_DAY = "24:00";
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int ALL_WEEKDAYS = 0x7f;

    /** A stretch of a day, in local time of the calendar's zone. */
    @Schema(name = "TimeOfDay")
    @RegisterForReflection
    public record TimeOfDay(
            @NotNull @Schema(examples = "22:00", description = "Inclusive") String from,
            @NotNull
                    @Schema(
                            examples = "06:00",
                            description =
                                    "Exclusive; earlier than from: on the next day; 24:00: midnight")
                    String to) {}

    static CalendarEntry onDate(@Nullable String name, LocalDate date, @Nullable TimeOfDay time) {
        return new CalendarEntry(name, date.toString(), null, null, null, null, time);
    }

    static CalendarEntry onDates(@Nullable String name, LocalDate first, LocalDate last) {
        return first.equals(last)
                ? onDate(name, first, null)
                : new CalendarEntry(
                        name, null, null, first.toString(), last.toString(), null, null);
    }

    /**
     * Makes an entry for a day of every year, from its first occurrence up to {@code last}; null:
     * without end.
     */
    static CalendarEntry everyYear(
            @Nullable String name,
            LocalDate first,
            @Nullable LocalDate last,
            @Nullable TimeOfDay time) {
        String day = first.toString().substring(5);
        return new CalendarEntry(
                name,
                null,
                day,
                first.toString(),
                last == null ? null : last.toString(),
                null,
                time);
    }

    /**
     * @param field the path of this entry, such as {@code entries[3]}
     * @throws ProblemException 400 naming what is wrong
     */
    ExclusionCalendar.Rule compile(String field) {
        boolean isRange = from != null || to != null;
        if (date != null && (yearly != null || isRange)) {
            throw invalid(field, "date does not go with yearly, from or to");
        }
        if (date == null && yearly == null && !isRange && days == null && time == null) {
            throw invalid(field, "expected date, yearly, from, to, days or time");
        }
        var first =
                date != null
                        ? day(field + ".date", date)
                        : from != null ? day(field + ".from", from) : LocalDate.MIN;
        var last = date != null ? first : to != null ? day(field + ".to", to) : LocalDate.MAX;
        if (last.isBefore(first)) {
            throw invalid(field + ".to", "is before from");
        }
        int start = 0;
        int end = SECONDS_PER_DAY;
        if (time != null) {
            start = second(field + ".time.from", time.from);
            end = WHOLE_DAY.equals(time.to) ? SECONDS_PER_DAY : second(field + ".time.to", time.to);
            if (start == end) {
                throw invalid(field + ".time", "is empty; leave time out for the whole day");
            }
            end += end < start ? SECONDS_PER_DAY : 0;
        }
        return new ExclusionCalendar.Rule(
                first.toEpochDay(),
                last.toEpochDay(),
                yearly == null ? null : monthDay(field + ".yearly", yearly),
                weekdays(field + ".days"),
                start,
                end,
                words());
    }

    private int weekdays(String field) {
        if (days == null) {
            return ALL_WEEKDAYS;
        }
        int mask = 0;
        for (var weekday : days) {
            mask |= 1 << weekday.ordinal();
        }
        if (mask == 0) {
            throw invalid(field, "expected at least one weekday");
        }
        return mask;
    }

    private String words() {
        if (name != null && !name.isBlank()) {
            return name;
        }
        var parts = new ArrayList<String>();
        if (date != null) {
            parts.add(date);
        }
        if (yearly != null) {
            parts.add("every " + yearly);
        }
        if (from != null) {
            parts.add("from " + from);
        }
        if (to != null) {
            parts.add("until " + to);
        }
        if (days != null) {
            parts.add(days.stream().map(Enum::name).collect(Collectors.joining(", ")));
        }
        if (time != null) {
            parts.add(time.from + " to " + time.to);
        }
        return String.join(", ", parts);
    }

    private static LocalDate day(String field, String text) {
        try {
            var day = LocalDate.parse(text);
            if (text.length() == 10 && day.getYear() >= FIRST_YEAR) {
                return day;
            }
        } catch (DateTimeException notADate) {
            // Reported below.
        }
        throw invalid(field, "expected a date such as 2026-12-25, from 1970 to 9999");
    }

    private static MonthDay monthDay(String field, String text) {
        try {
            return MonthDay.parse("--" + text);
        } catch (DateTimeException notADay) {
            throw invalid(field, "expected month and day, such as 12-25");
        }
    }

    private static int second(String field, String text) {
        try {
            var time = LocalTime.parse(text);
            if (time.getNano() == 0) {
                return time.toSecondOfDay();
            }
        } catch (DateTimeException notATime) {
            // Reported below.
        }
        throw invalid(field, "expected a time of day such as 22:00 or 22:00:30");
    }

    private static ProblemException invalid(String field, String message) {
        return ProblemException.invalid(List.of(new Violation(field, message)));
    }
}
