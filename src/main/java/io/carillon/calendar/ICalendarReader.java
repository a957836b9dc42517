package io.carillon.calendar;

import io.carillon.problem.ProblemException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads calendars in the iCalendar format (RFC 5545): events by date or by time, once or every
 * year. Anything it does not understand that may change which times are excluded is refused, with
 * its line: an import that silently drops a holiday is worse than one that fails.
 */
final class ICalendarReader {
    private static final Set<String> PASSED_OVER = Set.of("VTIMEZONE", "VALARM");
    private static final Set<String> CHANGES_TIMES =
            Set.of("RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID");

    /** The calendar that was read. */
    record Read(@Nullable String timeZone, List<CalendarEntry> entries) {}

    private final @Nullable String wantedZone;
    private final List<Map<String, ICalendarProperty>> events = new ArrayList<>();
    private @Nullable ICalendarProperty calendarZone;

    private ICalendarReader(@Nullable String wantedZone) {
        this.wantedZone = wantedZone;
    }

    /**
     * @param file in UTF-8
     * @param timeZone the zone of local times; null for the zone that the file names
     * @throws ProblemException 400 naming the line
     */
    static Read read(byte[] file, @Nullable String timeZone) {
        var reader = new ICalendarReader(timeZone);
        reader.collect(ICalendarProperty.read(file));
        return reader.entries();
    }

    private void collect(List<ICalendarProperty> properties) {
        if (properties.isEmpty() || !properties.getFirst().is("BEGIN", "VCALENDAR")) {
            throw ICalendarProperty.refused(1, "expected BEGIN:VCALENDAR");
        }
        var open = new ArrayList<ICalendarProperty>();
        Map<String, ICalendarProperty> event = new HashMap<>();
        for (var property : properties) {
            if (property.name().equals("BEGIN")) {
                open(open, property);
                event = property.hasValue("VEVENT") ? new HashMap<>() : event;
            } else if (property.name().equals("END")) {
                if (open.isEmpty() || !open.getLast().hasValue(property.value())) {
                    throw property.refused("END:" + property.value() + " without a matching BEGIN");
                }
                open.removeLast();
                if (property.hasValue("VEVENT")) {
                    event.put("END", property);
                    events.add(event);
                }
            } else if (open.isEmpty()) {
                throw property.refused("expected BEGIN:VCALENDAR");
            } else if (open.size() == 1) {
                ofCalendar(property);
            } else if (open.getLast().hasValue("VEVENT")) {
                if (CHANGES_TIMES.contains(property.name())) {
                    throw property.refused(property.name() + " is not understood");
                }
                if (event.put(property.name(), property) != null && isRead(property.name())) {
                    throw property.refused("the event has a second " + property.name());
                }
            }
        }
        if (!open.isEmpty()) {
            throw open.getLast().refused(open.getLast().value() + " does not end");
        }
    }

    private static void open(List<ICalendarProperty> open, ICalendarProperty begin) {
        String name = begin.value().toUpperCase(Locale.ROOT);
        boolean isInside =
                open.size() > 1
                        && PASSED_OVER.contains(open.get(1).value().toUpperCase(Locale.ROOT));
        boolean isKnown =
                isInside
                        || (open.isEmpty() && name.equals("VCALENDAR"))
                        || (open.size() == 1 && (name.equals("VEVENT") || name.equals("VTIMEZONE")))
                        || (open.size() == 2 && name.equals("VALARM"));
        if (!isKnown) {
            throw begin.refused(begin.value() + " is not understood here, expected events");
        }
        open.add(begin);
    }

    private static boolean isRead(String name) {
        return Set.of("DTSTART", "DTEND", "DURATION", "RRULE", "STATUS").contains(name);
    }

    private void ofCalendar(ICalendarProperty property) {
        switch (property.name()) {
            case "VERSION" -> require(property, "2.0");
            case "CALSCALE" -> require(property, "GREGORIAN");
            case "X-WR-TIMEZONE" -> calendarZone = property;
            default -> {
                // These lines say nothing about times.
            }
        }
    }

    private static void require(ICalendarProperty property, String value) {
        if (!property.hasValue(value)) {
            throw property.refused("expected " + property.name() + ":" + value);
        }
    }

    private Read entries() {
        var zone = zone();
        var entries = new ArrayList<CalendarEntry>();
        for (var event : events) {
            var end = Objects.requireNonNull(event.get("END"), "an event is kept when it ends");
            var status = event.get("STATUS");
            if (status == null || !status.hasValue("CANCELLED")) {
                new ICalendarEvent(event, end, zone == null ? ZoneOffset.UTC : zone).addTo(entries);
            }
            if (entries.size() > CalendarDefinition.MAX_ENTRIES) {
                throw end.refused("more than " + CalendarDefinition.MAX_ENTRIES + " entries");
            }
        }
        return new Read(zone == null ? null : zone.getId(), List.copyOf(entries));
    }

    /** Returns the zone of the request, else of the file, else of its first event. */
    private @Nullable ZoneId zone() {
        if (wantedZone != null) {
            return wanted(wantedZone);
        }
        if (calendarZone != null) {
            return ICalendarTimes.zoneOf(calendarZone, calendarZone.value());
        }
        for (var event : events) {
            var start = event.get("DTSTART");
            String name = start == null ? null : start.parameter("TZID");
            if (start != null && name != null) {
                return ICalendarTimes.zoneOf(start, name);
            }
        }
        return null;
    }

    private static ZoneId wanted(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw ProblemException.invalid("timeZone", "unknown time zone");
        }
    }
}
