package io.carillon.calendar;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import io.carillon.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads calendars in the iCalendar format (RFC 5545): events by date or by time, once or every
 * year. What would exclude other times than it says, because it is not understood, is refused with
 * its line: a holiday that silently is none is worse than an import that fails.
 */
final class ICalendarReader {
    private static final Set<String> PASSED_OVER = Set.of("VTIMEZONE", "VALARM");
    private static final Set<String> CHANGES_TIMES =
            Set.of("RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID");
    private static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT);
    private static final Pattern PARAMETER =
            Pattern.compile(";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^;:\"]*)");
    private static final Pattern DURATION =
            Pattern.compile(
                    "\\+?P(?:(\\d{1,3})W|(?:(\\d{1,4})D)?(?:T(\\d{1,4}H)?(\\d{1,5}M)?(\\d{1,6}S)?)?)");
    private static final int LONGEST_NAME = 255;
    private static final int MOST_YEARLY_DAYS = 366;
    private static final int LAST_YEAR = 9999;

    /** A property and the line it begins on. */
    private record Property(int line, String name, Map<String, String> parameters, String value) {}

    /** A calendar read. */
    record Read(@Nullable String timeZone, List<CalendarEntry> entries) {}

    private final @Nullable String wantedZone;
    private final List<Map<String, Property>> events = new ArrayList<>();
    private @Nullable Property calendarZone;

    private ICalendarReader(@Nullable String wantedZone) {
        this.wantedZone = wantedZone;
    }

    /**
     * @param timeZone what local times become; null for what the file says of itself
     * @throws ProblemException 400 naming the line
     */
    static Read read(String text, @Nullable String timeZone) {
        var reader = new ICalendarReader(timeZone);
        reader.collect(unfolded(text));
        return reader.entries();
    }

    /** Continuation lines begin with a space (RFC 5545 §3.1). */
    private static List<Property> unfolded(String text) {
        var properties = new ArrayList<Property>();
        var line = new StringBuilder();
        int begins = 0;
        int number = 0;
        for (String physical : text.split("\r\n|\n|\r", -1)) {
            number++;
            if (physical.startsWith(" ") || physical.startsWith("\t")) {
                if (line.isEmpty()) {
                    throw refused(number, "a continuation of nothing");
                }
                line.append(physical, 1, physical.length());
                continue;
            }
            if (!line.isEmpty()) {
                properties.add(property(begins, line.toString()));
                line.setLength(0);
            }
            begins = number;
            line.append(
                    number == 1 && physical.startsWith("\uFEFF")
                            ? physical.substring(1)
                            : physical);
        }
        if (!line.isEmpty()) {
            properties.add(property(begins, line.toString()));
        }
        return properties;
    }

    private static Property property(int number, String line) {
        if (line.chars().anyMatch(character -> character < ' ' && character != '\t')) {
            throw refused(number, "a control character");
        }
        int end = 0;
        while (end < line.length() && ";:".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        String name = line.substring(0, end).toUpperCase(Locale.ROOT);
        if (!name.matches("[A-Z0-9-]+")) {
            throw refused(number, "expected NAME:VALUE, as in BEGIN:VCALENDAR");
        }
        var parameters = new HashMap<String, String>();
        Matcher parameter = PARAMETER.matcher(line);
        while (end < line.length() && parameter.find(end) && parameter.start() == end) {
            String value = parameter.group(2);
            parameters.put(
                    parameter.group(1).toUpperCase(Locale.ROOT),
                    value.startsWith("\"") ? value.substring(1, value.length() - 1) : value);
            end = parameter.end();
        }
        if (end == line.length() || line.charAt(end) != ':') {
            throw refused(number, name + " has no value");
        }
        return new Property(number, name, parameters, line.substring(end + 1));
    }

    private void collect(List<Property> properties) {
        if (properties.isEmpty() || !isBegin(properties.getFirst(), "VCALENDAR")) {
            throw refused(1, "expected BEGIN:VCALENDAR");
        }
        var open = new ArrayList<Property>();
        Map<String, Property> event = new HashMap<>();
        for (var property : properties) {
            if (property.name.equals("BEGIN")) {
                open(open, property);
                event = property.value.equalsIgnoreCase("VEVENT") ? new HashMap<>() : event;
            } else if (property.name.equals("END")) {
                if (open.isEmpty() || !open.getLast().value.equalsIgnoreCase(property.value)) {
                    throw refused(property.line, "END:" + property.value + " ends nothing");
                }
                open.removeLast();
                if (property.value.equalsIgnoreCase("VEVENT")) {
                    event.put("END", property);
                    events.add(event);
                }
            } else if (open.isEmpty()) {
                throw refused(property.line, "expected BEGIN:VCALENDAR");
            } else if (open.size() == 1) {
                ofCalendar(property);
            } else if (open.getLast().value.equalsIgnoreCase("VEVENT")) {
                if (CHANGES_TIMES.contains(property.name)) {
                    throw refused(property.line, property.name + " is not understood");
                }
                if (event.put(property.name, property) != null && isRead(property.name)) {
                    throw refused(property.line, "the event has a second " + property.name);
                }
            }
        }
        if (!open.isEmpty()) {
            throw refused(open.getLast().line, open.getLast().value + " does not end");
        }
    }

    private static void open(List<Property> open, Property begin) {
        String name = begin.value.toUpperCase(Locale.ROOT);
        boolean isInside =
                open.size() > 1 && PASSED_OVER.contains(open.get(1).value.toUpperCase(Locale.ROOT));
        boolean isKnown =
                isInside
                        || (open.isEmpty() && name.equals("VCALENDAR"))
                        || (open.size() == 1 && (name.equals("VEVENT") || name.equals("VTIMEZONE")))
                        || (open.size() == 2 && name.equals("VALARM"));
        if (!isKnown) {
            throw refused(begin.line, begin.value + " is not understood here, expected events");
        }
        open.add(begin);
    }

    private static boolean isRead(String name) {
        return Set.of("DTSTART", "DTEND", "DURATION", "RRULE", "STATUS").contains(name);
    }

    private void ofCalendar(Property property) {
        switch (property.name) {
            case "VERSION" -> require(property, "2.0");
            case "CALSCALE" -> require(property, "GREGORIAN");
            case "X-WR-TIMEZONE" -> calendarZone = property;
            default -> {
                // Says nothing about times.
            }
        }
    }

    private static void require(Property property, String value) {
        if (!property.value.equalsIgnoreCase(value)) {
            throw refused(property.line, "expected " + property.name + ":" + value);
        }
    }

    private static boolean isBegin(Property property, String what) {
        return property.name.equals("BEGIN") && property.value.equalsIgnoreCase(what);
    }

    private Read entries() {
        String zoneName = zoneName();
        var zone = zoneName == null ? ZoneOffset.UTC : zoneOf(1, zoneName);
        var entries = new ArrayList<CalendarEntry>();
        for (var event : events) {
            var status = event.get("STATUS");
            if (status == null || !status.value.equalsIgnoreCase("CANCELLED")) {
                new Event(event, zone).addTo(entries);
            }
            if (entries.size() > CalendarDefinition.MOST_ENTRIES) {
                throw refused(
                        end(event).line,
                        "more than " + CalendarDefinition.MOST_ENTRIES + " entries");
            }
        }
        return new Read(zoneName, List.copyOf(entries));
    }

    /** What the request says, else the file, else its first event. */
    private @Nullable String zoneName() {
        if (wantedZone != null) {
            return wantedZone;
        }
        if (calendarZone != null) {
            return zoneOf(calendarZone.line, calendarZone.value).getId();
        }
        for (var event : events) {
            var start = event.get("DTSTART");
            String name = start == null ? null : start.parameters.get("TZID");
            if (start != null && name != null) {
                return zoneOf(start.line, name).getId();
            }
        }
        return null;
    }

    private static ZoneId zoneOf(int line, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw refused(line, "the time zone is not known, expected one such as Europe/Paris");
        }
    }

    private static Property end(Map<String, Property> event) {
        var end = event.get("END");
        if (end == null) {
            throw new IllegalStateException("an event is kept when it ends");
        }
        return end;
    }

    private static ProblemException refused(int line, String what) {
        return ProblemException.invalid("body", "line " + line + ": " + what);
    }

    /** One event on the clock of the calendar. */
    private static final class Event {
        private final Map<String, Property> properties;
        private final ZoneId zone;
        private final Property start;
        private final @Nullable String name;

        private Event(Map<String, Property> properties, ZoneId zone) {
            this.properties = properties;
            this.zone = zone;
            var start = properties.get("DTSTART");
            if (start == null) {
                throw refused(end(properties).line, "the event has no DTSTART");
            }
            this.start = start;
            var summary = properties.get("SUMMARY");
            this.name = summary == null ? null : text(summary.value);
        }

        private static @Nullable String text(String value) {
            String text = value.replaceAll("\\\\[nN]", " ").replaceAll("\\\\(.)", "$1").strip();
            if (text.length() > LONGEST_NAME) {
                text =
                        text.substring(
                                0,
                                text.offsetByCodePoints(
                                        0, text.codePointCount(0, LONGEST_NAME - 1)));
            }
            return text.isEmpty() ? null : text;
        }

        private void addTo(List<CalendarEntry> entries) {
            boolean wholeDays = isDate(start);
            var first = wholeDays ? date(start).atStartOfDay() : time(start);
            var end = endAfter(first, wholeDays);
            if (!end.isAfter(first)) {
                throw refused(start.line, "the event has no length");
            }
            var rule = properties.get("RRULE");
            if (rule == null) {
                addOnce(entries, first, end);
            } else {
                addYearly(entries, first, end, rule);
            }
        }

        private LocalDateTime endAfter(LocalDateTime first, boolean wholeDays) {
            var end = properties.get("DTEND");
            var duration = properties.get("DURATION");
            if (end != null) {
                if (isDate(end) != wholeDays) {
                    throw refused(end.line, "DTEND is not of the kind of DTSTART");
                }
                return wholeDays ? date(end).atStartOfDay() : time(end);
            }
            if (duration != null) {
                var length = duration(duration);
                if (wholeDays && length.toDays() * 24 != length.toHours()) {
                    throw refused(duration.line, "an event of whole days lasts whole days");
                }
                return first.plus(length);
            }
            return wholeDays ? first.plusDays(1) : first;
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
                LocalDateTime first,
                LocalDateTime end,
                Property rule) {
            String zoneOfStart = start.parameters.get("TZID");
            boolean isOurs =
                    isDate(start)
                            || (zoneOfStart == null
                                    ? !start.value.endsWith("Z") || zone.equals(ZoneOffset.UTC)
                                    : zoneOf(start.line, zoneOfStart).equals(zone));
            if (!isOurs) {
                throw refused(
                        start.line, "a yearly event must be in the time zone of the calendar");
            }
            if (ChronoUnit.DAYS.between(first, end) > MOST_YEARLY_DAYS) {
                throw refused(start.line, "a yearly event of more than a year");
            }
            int years = years(rule, first);
            for (var day = first.toLocalDate();
                    day.atStartOfDay().isBefore(end);
                    day = day.plusDays(1)) {
                if (day.getMonthValue() == 3
                        && day.getDayOfMonth() == 1
                        && day.isAfter(first.toLocalDate())) {
                    throw refused(
                            start.line, "a yearly event over the end of February, which moves");
                }
                var last =
                        years < 0 || day.getYear() + years > LAST_YEAR
                                ? null
                                : LocalDate.of(day.getYear() + years, day.getMonth(), 1)
                                        .plusDays(day.getDayOfMonth() - 1L);
                entries.add(CalendarEntry.everyYear(name, day, last, timeOf(day, first, end)));
            }
        }

        /** How many years the event comes again after its first; less than 0 for ever. */
        private int years(Property rule, LocalDateTime first) {
            int years = -1;
            boolean isYearly = false;
            for (String part : rule.value.toUpperCase(Locale.ROOT).split(";", -1)) {
                int equals = part.indexOf('=');
                String value = part.substring(equals + 1);
                switch (part.substring(0, Math.max(equals, 0))) {
                    case "FREQ" -> isYearly = value.equals("YEARLY");
                    case "INTERVAL" -> requireSame(rule, part, value, 1);
                    case "BYMONTH" -> requireSame(rule, part, value, first.getMonthValue());
                    case "BYMONTHDAY" -> requireSame(rule, part, value, first.getDayOfMonth());
                    case "WKST" -> {
                        // Of no meaning to a yearly date.
                    }
                    case "COUNT" -> years = yearsOfCount(rule, first, number(rule, part, value));
                    case "UNTIL" -> years = yearsUntil(rule, first, value);
                    default -> throw notUnderstood(rule, part);
                }
            }
            if (!isYearly) {
                throw refused(rule.line, "RRULE is understood with FREQ=YEARLY only");
            }
            return years;
        }

        private static int yearsOfCount(Property rule, LocalDateTime first, int count) {
            if (count < 1) {
                throw refused(rule.line, "COUNT is at least 1");
            }
            boolean isLeapDay = first.getMonthValue() == 2 && first.getDayOfMonth() == 29;
            int year = first.getYear();
            for (int left = count - 1; left > 0 && year <= LAST_YEAR; ) {
                year++;
                left -= !isLeapDay || Year.isLeap(year) ? 1 : 0;
            }
            return year - first.getYear();
        }

        private static int yearsUntil(Property rule, LocalDateTime first, String value) {
            try {
                var until = LocalDate.parse(value.substring(0, Math.min(8, value.length())), DATE);
                boolean reached =
                        !until.isBefore(
                                first.toLocalDate()
                                        .withDayOfMonth(1)
                                        .withYear(until.getYear())
                                        .plusDays(first.getDayOfMonth() - 1L));
                return Math.max(0, until.getYear() - first.getYear() - (reached ? 0 : 1));
            } catch (DateTimeException notADate) {
                throw refused(rule.line, "UNTIL is no date");
            }
        }

        private static void requireSame(Property rule, String part, String value, int expected) {
            if (number(rule, part, value) != expected) {
                throw notUnderstood(rule, part);
            }
        }

        private static int number(Property rule, String part, String value) {
            if (!value.matches("\\d{1,5}")) {
                throw notUnderstood(rule, part);
            }
            return Integer.parseInt(value);
        }

        private static ProblemException notUnderstood(Property rule, String part) {
            return refused(
                    rule.line,
                    "RRULE: "
                            + part.substring(0, Math.min(part.length(), 80))
                            + " is not understood; list the dates as events instead");
        }

        /** From when to when the event covers a day; null when all of it. */
        private static @Nullable TimeOfDay timeOf(
                LocalDate day, LocalDateTime first, LocalDateTime end) {
            var from = day.equals(first.toLocalDate()) ? first.toLocalTime() : LocalTime.MIDNIGHT;
            boolean endsToday = day.equals(end.toLocalDate());
            if (from.equals(LocalTime.MIDNIGHT) && !endsToday) {
                return null;
            }
            return new TimeOfDay(
                    from.toString(), endsToday ? end.toLocalTime().toString() : "24:00");
        }

        private static boolean isDate(Property property) {
            return property.value.length() == 8
                    && !"DATE-TIME".equalsIgnoreCase(property.parameters.get("VALUE"));
        }

        private static LocalDate date(Property property) {
            try {
                return inRange(property, LocalDate.parse(property.value, DATE).atStartOfDay())
                        .toLocalDate();
            } catch (DateTimeException notADate) {
                throw refused(property.line, property.name + " is no date, such as 20261225");
            }
        }

        /** A time on the calendar's clock. */
        private LocalDateTime time(Property property) {
            String text = property.value;
            boolean isUtc = text.endsWith("Z");
            LocalDateTime local;
            try {
                int t = text.indexOf('T');
                if (t != 8) {
                    throw new DateTimeException("no T");
                }
                local =
                        LocalDate.parse(text.substring(0, t), DATE)
                                .atTime(
                                        LocalTime.parse(
                                                text.substring(
                                                        t + 1, text.length() - (isUtc ? 1 : 0)),
                                                TIME));
            } catch (DateTimeException notATime) {
                throw refused(
                        property.line, property.name + " is no time, such as 20261225T180000");
            }
            inRange(property, local);
            String tzid = property.parameters.get("TZID");
            if (isUtc) {
                return local.atZone(ZoneOffset.UTC).withZoneSameInstant(zone).toLocalDateTime();
            }
            return tzid == null
                    ? local
                    : local.atZone(zoneOf(property.line, tzid))
                            .withZoneSameInstant(zone)
                            .toLocalDateTime();
        }

        private static LocalDateTime inRange(Property property, LocalDateTime time) {
            if (time.getYear() < 1971 || time.getYear() >= LAST_YEAR) {
                throw refused(property.line, property.name + " is not in the years 1971 to 9998");
            }
            return time;
        }

        private static Duration duration(Property property) {
            Matcher matcher = DURATION.matcher(property.value);
            if (!matcher.matches()
                    || property.value.endsWith("T")
                    || property.value.endsWith("P")) {
                throw refused(property.line, "DURATION is no length, such as P1D or PT4H");
            }
            var length = Duration.ZERO;
            if (matcher.group(1) != null) {
                length = length.plusDays(7L * Integer.parseInt(matcher.group(1)));
            }
            if (matcher.group(2) != null) {
                length = length.plusDays(Integer.parseInt(matcher.group(2)));
            }
            for (int group = 3; group <= 5; group++) {
                if (matcher.group(group) != null) {
                    length = length.plus(Duration.parse("PT" + matcher.group(group)));
                }
            }
            return length;
        }
    }
}
