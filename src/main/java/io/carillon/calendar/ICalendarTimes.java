package io.carillon.calendar;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads dates, times, lengths and time zones of iCalendar properties (RFC 5545 §3.3). */
final class ICalendarTimes {
    static final int LAST_YEAR = 9999;

    private static final int FIRST_YEAR = 1971;
    private static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT);
    private static final int LENGTH_OF_DATE = 8;
    private static final Pattern LENGTH =
            Pattern.compile(
                    "\\+?P(?:(\\d{1,3})W|(?:(\\d{1,4})D)?(?:T(\\d{1,4}H)?(\\d{1,5}M)?(\\d{1,6}S)?)?)");

    private ICalendarTimes() {}

    /**
     * The length of an event. Days are calendar days, 23 to 25 hours long when clocks change; the
     * rest is elapsed time, added after the days (RFC 5545 §3.3.6).
     */
    record Length(int days, Duration rest) {
        ZonedDateTime after(ZonedDateTime start) {
            return start.plusDays(days).plus(rest);
        }
    }

    static boolean isDate(ICalendarProperty property) {
        return isDate(property.value())
                && !"DATE-TIME".equalsIgnoreCase(property.parameter("VALUE"));
    }

    static boolean isDate(String text) {
        return text.length() == LENGTH_OF_DATE;
    }

    static boolean isUtc(String text) {
        return text.endsWith("Z");
    }

    static LocalDate date(ICalendarProperty property) {
        LocalDate date;
        try {
            date = LocalDate.parse(property.value(), DATE);
        } catch (DateTimeException notADate) {
            throw property.refused(property.name() + " is not a date such as 20261225");
        }
        requireYear(property, date.getYear());
        return date;
    }

    /**
     * @param zone the zone of a time that names none
     */
    static ZonedDateTime time(ICalendarProperty property, ZoneId zone) {
        LocalDateTime local;
        try {
            local = local(property.value());
        } catch (DateTimeException notATime) {
            throw property.refused(property.name() + " is not a time such as 20261225T180000");
        }
        requireYear(property, local.getYear());
        return local.atZone(zoneOfTime(property, zone));
    }

    /**
     * @throws DateTimeException if it is not a time such as 20261225T180000 or 20261225T180000Z
     */
    static LocalDateTime local(String text) {
        if (text.indexOf('T') != LENGTH_OF_DATE) {
            throw new DateTimeException("no T");
        }
        String time = text.substring(LENGTH_OF_DATE + 1, text.length() - (isUtc(text) ? 1 : 0));
        return localDate(text.substring(0, LENGTH_OF_DATE)).atTime(LocalTime.parse(time, TIME));
    }

    /**
     * @throws DateTimeException if it is not a date such as 20261225
     */
    static LocalDate localDate(String text) {
        return LocalDate.parse(text, DATE);
    }

    private static ZoneId zoneOfTime(ICalendarProperty property, ZoneId zone) {
        String name = property.parameter("TZID");
        if (isUtc(property.value())) {
            return ZoneOffset.UTC;
        }
        return name == null ? zone : zoneOf(property, name);
    }

    private static void requireYear(ICalendarProperty property, int year) {
        if (year < FIRST_YEAR || year >= LAST_YEAR) {
            throw property.refused(property.name() + " is not in the years 1971 to 9998");
        }
    }

    static Length length(ICalendarProperty property) {
        var matcher = LENGTH.matcher(property.value());
        if (!matcher.matches()
                || property.value().endsWith("T")
                || property.value().endsWith("P")) {
            throw property.refused("DURATION is not a length such as P1D or PT4H");
        }
        int days = 7 * number(matcher.group(1)) + number(matcher.group(2));
        var rest = Duration.ZERO;
        for (int group = 3; group <= 5; group++) {
            if (matcher.group(group) != null) {
                rest = rest.plus(Duration.parse("PT" + matcher.group(group)));
            }
        }
        return new Length(days, rest);
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** Finds a zone by its IANA name, or by the name that Windows and Outlook use. */
    static ZoneId zoneOf(ICalendarProperty property, String name) {
        String iana = WindowsZones.NAMES.getOrDefault(name, name);
        // Refuses such offsets: GMT+5 is east of Greenwich in Java and west of it in POSIX.
        if (ZoneId.getAvailableZoneIds().contains(iana)) {
            return ZoneId.of(iana);
        }
        throw property.refused("unknown time zone, expected one such as Europe/Paris");
    }
}
