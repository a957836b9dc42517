package io.carillon.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ICalendarReaderTest {

    @Test
    void daysTimesAndYearlyEventsBecomeEntries() {
        var read =
                ICalendarReader.read(
                        """
                        BEGIN:VCALENDAR
                        VERSION:2.0
                        PRODID:-//Carillon//test//EN
                        X-WR-TIMEZONE:Europe/Paris
                        BEGIN:VTIMEZONE
                        TZID:Europe/Paris
                        BEGIN:STANDARD
                        DTSTART:19701025T030000
                        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
                        END:STANDARD
                        END:VTIMEZONE
                        BEGIN:VEVENT
                        UID:1
                        SUMMARY:Good
                          Friday\\, closed
                        DTSTART;VALUE=DATE:20260403
                        END:VEVENT
                        BEGIN:VEVENT
                        SUMMARY:Christmas
                        DTSTART;VALUE=DATE:20251225
                        DTEND;VALUE=DATE:20251227
                        RRULE:FREQ=YEARLY
                        BEGIN:VALARM
                        TRIGGER:-PT15M
                        END:VALARM
                        END:VEVENT
                        BEGIN:VEVENT
                        SUMMARY:Maintenance
                        DTSTART;TZID=Europe/Paris:20260605T220000
                        DURATION:PT34H
                        END:VEVENT
                        BEGIN:VEVENT
                        DTSTART:20260701T100000Z
                        DTEND:20260701T113000Z
                        END:VEVENT
                        BEGIN:VEVENT
                        STATUS:CANCELLED
                        DTSTART;VALUE=DATE:20260101
                        END:VEVENT
                        END:VCALENDAR
                        """,
                        null);

        assertThat(read.timeZone()).isEqualTo("Europe/Paris");
        assertThat(read.entries())
                .containsExactly(
                        on("Good Friday, closed", "2026-04-03", null),
                        yearly("Christmas", "12-25", "2025-12-25", null),
                        yearly("Christmas", "12-26", "2025-12-26", null),
                        on("Maintenance", "2026-06-05", new TimeOfDay("22:00", "24:00")),
                        on("Maintenance", "2026-06-06", null),
                        on("Maintenance", "2026-06-07", new TimeOfDay("00:00", "08:00")),
                        on(null, "2026-07-01", new TimeOfDay("12:00", "13:30")));
    }

    @ParameterizedTest
    @CsvSource({
        "COUNT=3, 2027-12-24",
        "COUNT=1, 2025-12-24",
        "UNTIL=20271223, 2026-12-24",
        "UNTIL=20271224T235959Z, 2027-12-24",
        "INTERVAL=1;BYMONTH=12;BYMONTHDAY=24;COUNT=2, 2026-12-24"
    })
    void aYearlyEventEndsWhenItsRuleSays(String rule, String last) {
        var read = event("DTSTART;VALUE=DATE:20251224", "RRULE:FREQ=YEARLY;" + rule);

        assertThat(read.entries()).containsExactly(yearly(null, "12-24", "2025-12-24", last));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RRULE:FREQ=WEEKLY | line 4: RRULE is understood with FREQ=YEARLY only",
                "RRULE:FREQ=YEARLY;BYDAY=4TH | line 4: RRULE: BYDAY=4TH is not understood",
                "RRULE:FREQ=YEARLY;INTERVAL=2 | line 4: RRULE: INTERVAL=2 is not understood",
                "EXDATE:20261224 | line 4: EXDATE is not understood",
                "DTEND:20251224T120000 | line 4: DTEND is not of the kind of DTSTART",
                "DTEND;VALUE=DATE:20251224 | line 3: the event has no length",
                "DTSTART;VALUE=DATE:20251225 | line 4: the event has a second DTSTART",
                "DURATION:P1Y | line 4: DURATION is no length",
                "no colon | line 4: expected NAME:VALUE",
                "BEGIN:VTODO | line 4: VTODO is not understood here"
            })
    void whatIsNotUnderstoodIsRefusedWithItsLine(String line, String message) {
        assertThatThrownBy(() -> event("DTSTART;VALUE=DATE:20251224", line))
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoneIsRefused() {
        assertThatThrownBy(() -> ICalendarReader.read("", null)).hasMessageContaining("line 1");
        assertThatThrownBy(() -> ICalendarReader.read("BEGIN:VCALENDAR\n", null))
                .hasMessageContaining("VCALENDAR does not end");
        assertThatThrownBy(
                        () -> event("DTSTART;TZID=Mars/Olympus:20251224T100000", "DURATION:PT1H"))
                .hasMessageContaining("line 3: the time zone is not known");
        assertThatThrownBy(() -> event("DTSTART:20250229T100000", "DURATION:PT1H"))
                .hasMessageContaining("line 3: DTSTART is no time");
    }

    @Test
    void aYearlyEventOfAnotherZoneIsRefused() {
        assertThatThrownBy(
                        () ->
                                ICalendarReader.read(
                                        """
                                        BEGIN:VCALENDAR
                                        BEGIN:VEVENT
                                        DTSTART;TZID=Asia/Tokyo:20251224T100000
                                        DURATION:PT1H
                                        RRULE:FREQ=YEARLY
                                        END:VEVENT
                                        END:VCALENDAR
                                        """,
                                        "Europe/Paris"))
                .hasMessageContaining("line 3: a yearly event must be in the time zone");
    }

    private static ICalendarReader.Read event(String... lines) {
        return ICalendarReader.read(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                        + String.join("\r\n", List.of(lines))
                        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                null);
    }

    private static CalendarEntry on(@Nullable String name, String date, @Nullable TimeOfDay time) {
        return new CalendarEntry(name, date, null, null, null, null, time);
    }

    private static CalendarEntry yearly(
            @Nullable String name, String day, String from, @Nullable String to) {
        return new CalendarEntry(name, null, day, from, to, null, null);
    }
}
