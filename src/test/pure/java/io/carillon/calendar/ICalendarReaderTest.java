package io.carillon.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ICalendarReaderTest {

    @Test
    void daysTimesAndYearlyEventsBecomeEntries() {
        var read =
                read(
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
                "RRULE:FREQ=WEEKLY | line 4: RRULE is understood only with FREQ=YEARLY",
                "RRULE:FREQ=YEARLY;BYDAY=4TH | line 4: RRULE: BYDAY=4TH is not understood",
                "RRULE:FREQ=YEARLY;BYMONTHDAY=-1 | line 4: RRULE: BYMONTHDAY=-1 is not understood",
                "RRULE:FREQ=YEARLY;BYMONTHDAY=14 | line 4: DTSTART is not one of the days of RRULE",
                "RRULE:FREQ=YEARLY;COUNT=2;UNTIL=20271224 | line 4: COUNT does not go with UNTIL",
                "RRULE:FREQ=YEARLY;INTERVAL=2 | line 4: RRULE: INTERVAL=2 is not understood",
                "EXDATE:20261224 | line 4: EXDATE is not understood",
                "DTEND:20251224T120000 | line 4: DTEND and DTSTART must both be dates or both be times",
                "DTEND;VALUE=DATE:20251224 | line 3: the event has no length",
                "DTSTART;VALUE=DATE:20251225 | line 4: the event has a second DTSTART",
                "DURATION:PT24H | line 4: an event of whole days lasts whole days",
                "DURATION:P1Y | line 4: DURATION is not a length",
                "no colon | line 4: expected NAME:VALUE",
                "BEGIN:VTODO | line 4: VTODO is not understood here"
            })
    void whatIsNotUnderstoodIsRefusedWithItsLine(String line, String message) {
        assertThatThrownBy(() -> event("DTSTART;VALUE=DATE:20251224", line))
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoneIsRefused() {
        assertThatThrownBy(() -> read("", null)).hasMessageContaining("line 1");
        assertThatThrownBy(() -> read("BEGIN:VCALENDAR\n", null))
                .hasMessageContaining("VCALENDAR does not end");
        assertThatThrownBy(
                        () -> event("DTSTART;TZID=Mars/Olympus:20251224T100000", "DURATION:PT1H"))
                .hasMessageContaining("line 3: unknown time zone");
        assertThatThrownBy(() -> event("DTSTART:20250229T100000", "DURATION:PT1H"))
                .hasMessageContaining("line 3: DTSTART is not a time");
    }

    @Test
    void aYearlyEventOfAnotherZoneIsRefused() {
        assertThatThrownBy(
                        () ->
                                read(
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

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "TZID=Pacific/Auckland:20261225T080000, UNTIL=20281224T190000Z, 2028-12-25",
        "TZID=Pacific/Auckland:20261225T080000, UNTIL=20281224T185959Z, 2027-12-25",
        "TZID=Pacific/Auckland:20261225T080000, UNTIL=20281230, 2028-12-25",
        "TZID=America/Los_Angeles:20261225T200000, UNTIL=20281226T040000Z, 2028-12-25",
        "TZID=America/Los_Angeles:20261225T200000, UNTIL=20281226T035959Z, 2027-12-25",
        "VALUE=DATE-TIME:20261225T080000, UNTIL=20281225T080000, 2028-12-25",
        "VALUE=DATE-TIME:20261225T080000, UNTIL=20281225T075959, 2027-12-25",
        "VALUE=DATE-TIME:20261225T080000, UNTIL=20281226T075959Z, 2028-12-25",
        "TZID=Pacific/Auckland:20261225T080000, COUNT=3, 2028-12-25"
    })
    void aYearlyTimeEndsAtAnInstant(String start, String rule, String last) {
        var read = event("DTSTART;" + start, "DURATION:PT1H", "RRULE:FREQ=YEARLY;" + rule);

        assertThat(read.entries()).extracting(CalendarEntry::to).containsExactly(last);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "TZID=Pacific/Auckland:20261225T080000, UNTIL=20281225",
        "TZID=Pacific/Auckland:20261225T080000, UNTIL=20281225T000000",
        "VALUE=DATE:20261225, UNTIL=20281224T120000Z"
    })
    void anUntilThatPutsADayInDoubtIsRefused(String start, String rule) {
        assertThatThrownBy(
                        () ->
                                read(
                                        """
                                        BEGIN:VCALENDAR
                                        BEGIN:VEVENT
                                        DTSTART;%s
                                        DURATION:P1D
                                        RRULE:FREQ=YEARLY;%s
                                        END:VEVENT
                                        END:VCALENDAR
                                        """
                                                .formatted(start, rule),
                                        "Pacific/Auckland"))
                .hasMessageContaining(
                        "line 5: UNTIL has another form than DTSTART, and 2028-12-25");
    }

    @Test
    void aDayOfTheMonthWithoutAMonthIsThatDayOfEachMonth() {
        var forEver = event("DTSTART;VALUE=DATE:20261014", "RRULE:FREQ=YEARLY;BYMONTHDAY=14");
        var counted =
                event("DTSTART;VALUE=DATE:20261031", "RRULE:FREQ=YEARLY;BYMONTHDAY=31;COUNT=4");

        assertThat(forEver.entries()).hasSize(12);
        assertThat(forEver.entries())
                .contains(
                        yearly(null, "01-14", "2027-01-14", null),
                        yearly(null, "10-14", "2026-10-14", null),
                        yearly(null, "12-14", "2026-12-14", null));
        assertThat(counted.entries())
                .containsExactlyInAnyOrder(
                        yearly(null, "10-31", "2026-10-31", "2026-10-31"),
                        yearly(null, "12-31", "2026-12-31", "2026-12-31"),
                        yearly(null, "01-31", "2027-01-31", "2027-01-31"),
                        yearly(null, "03-31", "2027-03-31", "2027-03-31"));
    }

    @Test
    void monthsAndDaysMultiply() {
        assertThat(
                        event(
                                        "DTSTART;VALUE=DATE:20261224",
                                        "DTEND;VALUE=DATE:20261226",
                                        "RRULE:FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=24;UNTIL=20270624")
                                .entries())
                .containsExactly(
                        yearly(null, "06-24", "2027-06-24", "2027-06-24"),
                        yearly(null, "06-25", "2027-06-25", "2027-06-25"),
                        yearly(null, "12-24", "2026-12-24", "2026-12-24"),
                        yearly(null, "12-25", "2026-12-25", "2026-12-25"));
    }

    @Test
    void aLeapDayComesInLeapYears() {
        assertThat(event("DTSTART;VALUE=DATE:20280229", "RRULE:FREQ=YEARLY;COUNT=2").entries())
                .containsExactly(yearly(null, "02-29", "2028-02-29", "2032-02-29"));
        assertThatThrownBy(
                        () ->
                                event(
                                        "DTSTART;VALUE=DATE:20280228",
                                        "DURATION:P2D",
                                        "RRULE:FREQ=YEARLY"))
                .hasMessageContaining("line 3: a yearly event over the end of February");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "DURATION:PT24H, 2026-10-25T11:00:00Z",
        "DURATION:P1D, 2026-10-25T12:00:00Z",
        "DURATION:P1DT1H, 2026-10-25T13:00:00Z",
        "DURATION:P1W, 2026-10-31T12:00:00Z",
        "DTEND:20261025T103000Z, 2026-10-25T10:30:00Z"
    })
    void hoursAreElapsedTimeAndDaysAreThoseOfTheClock(String length, Instant end) {
        // Noon in Paris; clocks go back in the night after it.
        var read = event("DTSTART;TZID=Europe/Paris:20261024T130000", length);
        var calendar =
                new CalendarDefinition(null, read.timeZone(), read.entries()).compile("closed");

        assertThat(calendar.at(Instant.parse("2026-10-24T11:00:00Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2026-10-24T10:59:59Z"))).isNull();
        assertThat(calendar.at(end.minusSeconds(1))).isNotNull();
        assertThat(calendar.at(end)).isNull();
    }

    @Test
    void whatNoStretchOfLocalTimesIsIsRefused() {
        assertThatThrownBy(
                        () -> event("DTSTART;TZID=Europe/Paris:20261025T023000", "DURATION:PT4H"))
                .hasMessageContaining(
                        "line 3: the event begins or ends at a time that occurs twice");
        assertThatThrownBy(
                        () ->
                                event(
                                        "DTSTART;TZID=Europe/Paris:20261024T230000",
                                        "DTEND:20261025T013000Z"))
                .hasMessageContaining("occurs twice");
        assertThat(event("DTSTART;TZID=Europe/Paris:20261025T020000", "DURATION:PT2H").entries())
                .containsExactly(on(null, "2026-10-25", new TimeOfDay("02:00", "03:00")));
        assertThatThrownBy(
                        () ->
                                event(
                                        "DTSTART;TZID=Europe/Paris:20261027T220000",
                                        "DURATION:PT8H",
                                        "RRULE:FREQ=YEARLY"))
                .hasMessageContaining("line 3: clocks change during the event on 2029-10-27");
    }

    @Test
    void aLineIsUnfoldedBeforeItIsDecoded() {
        var text =
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:No\u00ebl \ud83c\udf84\r\n"
                        + "DTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        int from = text.indexOf("SUMMARY") + 1;
        for (int fold = from; plain[fold] != '\r'; fold++) {
            byte[] folded = new byte[plain.length + 3];
            System.arraycopy(plain, 0, folded, 0, fold);
            System.arraycopy(new byte[] {'\r', '\n', ' '}, 0, folded, fold, 3);
            System.arraycopy(plain, fold, folded, fold + 3, plain.length - fold);

            assertThat(ICalendarReader.read(folded, null).entries())
                    .as("folded at %s", fold)
                    .containsExactly(on("No\u00ebl \ud83c\udf84", "2026-12-25", null));
        }
        byte[] latin = text.replace("\ud83c\udf84", "").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ICalendarReader.read(latin, null))
                .hasMessageContaining("line 3: this is not UTF-8");
    }

    @Test
    void windowsNamesOfTimeZonesAreKnownAndOffsetsAreNot() {
        assertThat(
                        event(
                                        "DTSTART;TZID=\"Romance Standard Time\":20261224T100000",
                                        "DURATION:PT1H")
                                .timeZone())
                .isEqualTo("Europe/Paris");
        assertThat(WindowsZones.NAMES.values())
                .allSatisfy(
                        name -> assertThat(java.time.ZoneId.getAvailableZoneIds()).contains(name));
        assertThatThrownBy(() -> event("DTSTART;TZID=GMT+5:20261224T100000", "DURATION:PT1H"))
                .hasMessageContaining("line 3: unknown time zone");
        assertThatThrownBy(
                        () ->
                                event(
                                        "DTSTART;VALUE=DATE:20261224",
                                        "DTEND;VALUE=DATE:20261225",
                                        "DURATION:P1D"))
                .hasMessageContaining("line 5: DURATION does not go with DTEND");
    }

    @Test
    void exportsOfCommonProgramsAreRead() throws IOException {
        assertThat(file("google").timeZone()).isEqualTo("Europe/Paris");
        assertThat(file("google").entries())
                .containsExactly(
                        on(
                                "Jour de No\u00ebl, magasins ferm\u00e9s toute la journ\u00e9e \u2013 toutes r\u00e9gions",
                                "2026-12-25",
                                null),
                        on("Inventaire", "2027-01-04", new TimeOfDay("18:00", "22:30")),
                        yearly("F\u00eate nationale", "07-14", "2026-07-14", null));
        assertThat(file("outlook").timeZone()).isEqualTo("Europe/Berlin");
        assertThat(file("outlook").entries())
                .containsExactly(
                        on("Company holiday", "2026-12-24", null),
                        yearly("Christmas Day", "12-25", "2026-12-25", "2035-12-25"),
                        on("Maintenance", "2026-11-28", new TimeOfDay("22:00", "24:00")),
                        on("Maintenance", "2026-11-29", new TimeOfDay("00:00", "06:00")));
        assertThat(file("apple").entries())
                .containsExactly(
                        yearly("New Year\u2019s Day", "01-01", "2026-01-01", "2029-01-01"),
                        on("Closing", "2026-12-31", new TimeOfDay("16:00", "24:00")));
        assertThat(file("nextcloud").entries())
                .containsExactly(
                        yearly("Tag der Deutschen Einheit", "10-03", "2026-10-03", null),
                        new CalendarEntry(
                                "Betriebsferien",
                                null,
                                null,
                                "2026-12-28",
                                "2027-01-01",
                                null,
                                null));
    }

    private static ICalendarReader.Read file(String name) throws IOException {
        try (var file = ICalendarReaderTest.class.getResourceAsStream(name + ".ics")) {
            return ICalendarReader.read(Objects.requireNonNull(file).readAllBytes(), null);
        }
    }

    private static ICalendarReader.Read event(String... lines) {
        return read(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                        + String.join("\r\n", List.of(lines))
                        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                null);
    }

    private static ICalendarReader.Read read(String text, @Nullable String timeZone) {
        return ICalendarReader.read(text.getBytes(StandardCharsets.UTF_8), timeZone);
    }

    private static CalendarEntry on(@Nullable String name, String date, @Nullable TimeOfDay time) {
        return new CalendarEntry(name, date, null, null, null, null, time);
    }

    private static CalendarEntry yearly(
            @Nullable String name, String day, String from, @Nullable String to) {
        return new CalendarEntry(name, null, day, from, to, null, null);
    }
}
