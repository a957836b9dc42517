package io.carillon.calendar;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import io.carillon.calendar.ICalendarTimes.Length;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns one event into calendar entries. An entry is a stretch of local times, so an event is
 * refused if it is not one: if it begins or ends at a local time that occurs twice, or if a change
 * of clocks moves the end of a yearly event.
 */
final class ICalendarEvent {
    private static final int LONGEST_NAME = 255;
    private static final int MAX_YEARLY_DAYS = 366;

    /** Within this many years every day of the year falls on every weekday, in leap years too. */
    private static final int YEARS_LOOKED_AT = 100;

    private final Map<String, ICalendarProperty> properties;
    private final ZoneId zone;
    private final ICalendarProperty start;
    private final @Nullable String name;

    /**
     * @param end the property that ends the event
     * @param zone the zone of the calendar
     */
    ICalendarEvent(Map<String, ICalendarProperty> properties, ICalendarProperty end, ZoneId zone) {
        this.properties = properties;
        this.zone = zone;
        var start = properties.get("DTSTART");
        if (start == null) {
            throw end.refused("the event has no DTSTART");
        }
        this.start = start;
        var summary = properties.get("SUMMARY");
        this.name = summary == null ? null : text(summary.value());
    }

    private static @Nullable String text(String value) {
        String text = value.replaceAll("\\\\[nN]", " ").replaceAll("\\\\(.)", "$1").strip();
        if (text.length() > LONGEST_NAME) {
            text =
                    text.substring(
                            0,
                            text.offsetByCodePoints(0, text.codePointCount(0, LONGEST_NAME - 1)));
        }
        return text.isEmpty() ? null : text;
    }

    void addTo(List<CalendarEntry> entries) {
        var end = properties.get("DTEND");
        var duration = properties.get("DURATION");
        if (end != null && duration != null) {
            throw duration.refused("DURATION does not go with DTEND");
        }
        if (end != null && ICalendarTimes.isDate(end) != ICalendarTimes.isDate(start)) {
            throw end.refused("DTEND and DTSTART must both be dates or both be times");
        }
        if (ICalendarTimes.isDate(start)) {
            addDays(entries, end, duration);
        } else {
            addTimes(entries, end, duration);
        }
    }

    private void addDays(
            List<CalendarEntry> entries,
            @Nullable ICalendarProperty end,
            @Nullable ICalendarProperty duration) {
        var first = ICalendarTimes.date(start);
        long days = 1;
        if (end != null) {
            days = ChronoUnit.DAYS.between(first, ICalendarTimes.date(end));
        } else if (duration != null) {
            var length = ICalendarTimes.length(duration);
            if (!length.rest().isZero()) {
                throw duration.refused("an event of whole days lasts whole days, such as P1D");
            }
            days = length.days();
        }
        if (days < 1) {
            throw start.refused("the event has no length");
        }
        var rule = properties.get("RRULE");
        if (rule == null) {
            entries.add(CalendarEntry.onDates(name, first, first.plusDays(days - 1)));
            return;
        }
        var from = new ICalendarRule.Start(first, null, true, zone, zone);
        for (var series : ICalendarRule.series(rule, from)) {
            var begin = series.first().atStartOfDay();
            addSeries(entries, series, begin, begin.plusDays(days));
        }
    }

    private void addTimes(
            List<CalendarEntry> entries,
            @Nullable ICalendarProperty end,
            @Nullable ICalendarProperty duration) {
        var first = ICalendarTimes.time(start, zone);
        var length = new Length(0, Duration.ZERO);
        if (end != null) {
            length = new Length(0, Duration.between(first, ICalendarTimes.time(end, zone)));
        } else if (duration != null) {
            length = ICalendarTimes.length(duration);
        }
        if (!length.after(first).isAfter(first)) {
            throw start.refused("the event has no length");
        }
        var rule = properties.get("RRULE");
        if (rule == null) {
            var from = first.withZoneSameInstant(zone);
            var to = length.after(first).withZoneSameInstant(zone);
            requireExact(from, to);
            addOnce(entries, from.toLocalDateTime(), to.toLocalDateTime());
        } else {
            addYearly(entries, first, length, rule);
        }
    }

    /** Checks that the local times between the two are exactly the time between the two. */
    private void requireExact(ZonedDateTime from, ZonedDateTime to) {
        var atFrom = zone.getRules().getTransition(from.toLocalDateTime());
        var atTo = zone.getRules().getTransition(to.toLocalDateTime());
        boolean beginsExactly =
                atFrom == null
                        || (from.toLocalDateTime().equals(atFrom.getDateTimeAfter())
                                && from.getOffset().equals(atFrom.getOffsetBefore())
                                && !to.toLocalDateTime().isBefore(atFrom.getDateTimeBefore()));
        boolean endsExactly =
                atTo == null
                        || (to.toLocalDateTime().equals(atTo.getDateTimeAfter())
                                && to.getOffset().equals(atTo.getOffsetBefore()));
        if (!beginsExactly || !endsExactly) {
            throw start.refused(
                    "the event begins or ends at a time that occurs twice in the time zone of the"
                            + " calendar");
        }
    }

    private void addOnce(List<CalendarEntry> entries, LocalDateTime first, LocalDateTime end) {
        var day = first.toLocalDate();
        if (!first.toLocalTime().equals(LocalTime.MIDNIGHT)) {
            entries.add(CalendarEntry.onDate(name, day, timeOf(day, first, end)));
            day = day.plusDays(1);
        }
        var last = end.toLocalDate();
        if (day.isBefore(last)) {
            entries.add(CalendarEntry.onDates(name, day, last.minusDays(1)));
            day = last;
        }
        if (day.equals(last) && end.toLocalTime().isAfter(LocalTime.MIDNIGHT)) {
            entries.add(CalendarEntry.onDate(name, day, timeOf(day, first, end)));
        }
    }

    private void addYearly(
            List<CalendarEntry> entries,
            ZonedDateTime first,
            Length length,
            ICalendarProperty rule) {
        if (!first.getZone().normalized().equals(zone.normalized())) {
            throw start.refused("a yearly event must be in the time zone of the calendar");
        }
        var time = first.toLocalTime();
        boolean isFloating =
                start.parameter("TZID") == null && !ICalendarTimes.isUtc(start.value());
        var from =
                new ICalendarRule.Start(
                        first.toLocalDate(), time, isFloating, first.getZone(), zone);
        for (var series : ICalendarRule.series(rule, from)) {
            var begin = series.first().atTime(time);
            var end = length.after(begin.atZone(zone)).toLocalDateTime();
            requireSameEveryYear(series, time, length, Duration.between(begin, end));
            addSeries(entries, series, begin, end);
        }
    }

    /**
     * Checks that the end has the same local time every year: it moves if the event's hours span a
     * change of clocks.
     */
    private void requireSameEveryYear(
            ICalendarRule.Series series, LocalTime time, Length length, Duration onTheClock) {
        var day = series.first();
        int years = 0;
        while (years < YEARS_LOOKED_AT && (series.last() == null || !day.isAfter(series.last()))) {
            var begin = day.atTime(time).atZone(zone);
            var end = length.after(begin);
            boolean isSame =
                    begin.toLocalDateTime().equals(day.atTime(time))
                            && end.toLocalDateTime().equals(day.atTime(time).plus(onTheClock));
            if (!isSame) {
                throw start.refused(
                        "clocks change during the event on "
                                + day
                                + ", so that it is not at the same time every year");
            }
            requireExact(begin, end);
            do {
                years++;
                day = series.first().plusYears(years);
            } while (day.getDayOfMonth() != series.first().getDayOfMonth());
        }
    }

    private void addSeries(
            List<CalendarEntry> entries,
            ICalendarRule.Series series,
            LocalDateTime first,
            LocalDateTime end) {
        if (ChronoUnit.DAYS.between(first, end) > MAX_YEARLY_DAYS) {
            throw start.refused("a yearly event of more than a year");
        }
        int days = 0;
        for (var day = first.toLocalDate();
                day.atStartOfDay().isBefore(end);
                day = day.plusDays(1)) {
            boolean isAfterFebruary =
                    (day.getMonthValue() == 2 && day.getDayOfMonth() == 29)
                            || (day.getMonthValue() == 3 && day.getDayOfMonth() == 1);
            if (isAfterFebruary && days > 0) {
                throw start.refused("a yearly event over the end of February, which moves");
            }
            var last = series.last() == null ? null : series.last().plusDays(days);
            entries.add(
                    CalendarEntry.everyYear(
                            name,
                            day,
                            last == null || last.getYear() > ICalendarTimes.LAST_YEAR ? null : last,
                            timeOf(day, first, end)));
            days++;
        }
    }

    /** Returns which part of a day the event covers; null for the whole day. */
    private static @Nullable TimeOfDay timeOf(
            LocalDate day, LocalDateTime first, LocalDateTime end) {
        var from = day.equals(first.toLocalDate()) ? first.toLocalTime() : LocalTime.MIDNIGHT;
        boolean endsToday = day.equals(end.toLocalDate());
        if (from.equals(LocalTime.MIDNIGHT) && !endsToday) {
            return null;
        }
        return new TimeOfDay(from.toString(), endsToday ? end.toLocalTime().toString() : "24:00");
    }
}
