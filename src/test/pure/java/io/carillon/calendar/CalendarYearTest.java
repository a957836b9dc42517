package io.carillon.calendar;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import io.carillon.calendar.CalendarYear.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalendarYearTest {

    @Test
    void aYearHasAllItsDays() {
        assertThat(year(2028).days()).hasSize(366);
        assertThat(year(2027).days()).hasSize(365);
    }

    @Test
    void whatNoEntryExcludesIsOpen() {
        var year = year(2027, yearly("Christmas", "12-25"));

        assertThat(on(year, "2027-12-25"))
                .isEqualTo(
                        new CalendarYear.Day(LocalDate.of(2027, 12, 25), Kind.WHOLE, "Christmas"));
        assertThat(on(year, "2027-12-24").kind()).isEqualTo(Kind.OPEN);
        assertThat(on(year, "2027-12-24").words()).isEmpty();
    }

    @Test
    void theFirstAndTheLastDayOfARangeAreExcluded() {
        var year =
                year(
                        2027,
                        new CalendarEntry(
                                "Stocktaking", null, null, "2027-03-03", "2027-03-05", null, null));

        assertThat(year.days().stream().filter(day -> day.kind() == Kind.WHOLE))
                .extracting(day -> day.date().getDayOfMonth())
                .containsExactly(3, 4, 5);
    }

    @Test
    void weekdaysAreExcludedOnlyWhereTheyAre() {
        var year =
                year(
                        2027,
                        new CalendarEntry(
                                "Weekend",
                                null,
                                null,
                                null,
                                null,
                                List.of(Weekday.SAT, Weekday.SUN),
                                null));

        assertThat(on(year, "2027-01-02").kind()).isEqualTo(Kind.WHOLE);
        assertThat(on(year, "2027-01-04").kind()).isEqualTo(Kind.OPEN);
        assertThat(year.days().stream().filter(day -> day.kind() == Kind.WHOLE)).hasSize(104);
    }

    @Test
    void aNightExcludesPartOfTheDayOnWhichItEndsToo() {
        var year = year(2027, at("Night", "2027-05-10", "22:00", "06:00"));

        assertThat(on(year, "2027-05-10").words()).isEqualTo("Night, 22:00 to 24:00");
        assertThat(on(year, "2027-05-11").words()).isEqualTo("Night, 00:00 to 06:00");
        assertThat(on(year, "2027-05-11").kind()).isEqualTo(Kind.PART);
        assertThat(on(year, "2027-05-12").kind()).isEqualTo(Kind.OPEN);
    }

    @Test
    void twoHalvesAreAWholeDayAndAGapBetweenThemIsNot() {
        var whole =
                year(
                        2027,
                        at("Afternoon", "2027-05-10", "12:00", "24:00"),
                        at("Morning", "2027-05-10", "00:00", "12:00"));
        var gap =
                year(
                        2027,
                        at("Morning", "2027-05-10", "00:00", "12:00"),
                        at("Afternoon", "2027-05-10", "12:00:01", "24:00"));

        assertThat(on(whole, "2027-05-10").kind()).isEqualTo(Kind.WHOLE);
        assertThat(on(gap, "2027-05-10").kind()).isEqualTo(Kind.PART);
    }

    @Test
    void aLongNameIsCutWithoutBreakingACharacter() {
        var year = year(2027, yearly("\uD83C\uDF84".repeat(100), "12-25"));

        assertThat(on(year, "2027-12-25").words()).isEqualTo("\uD83C\uDF84".repeat(59) + "…");
    }

    private static CalendarEntry yearly(String name, String day) {
        return new CalendarEntry(name, null, day, null, null, null, null);
    }

    private static CalendarEntry at(String name, String date, String from, String to) {
        return new CalendarEntry(name, date, null, null, null, null, new TimeOfDay(from, to));
    }

    private static CalendarYear year(int year, CalendarEntry... entries) {
        return CalendarYear.of(
                new CalendarView(
                        "default",
                        "closed",
                        0,
                        null,
                        "Europe/Paris",
                        List.of(entries),
                        Instant.EPOCH,
                        Instant.EPOCH),
                year);
    }

    private static CalendarYear.Day on(CalendarYear year, String date) {
        return year.days().get(LocalDate.parse(date).getDayOfYear() - 1);
    }
}
