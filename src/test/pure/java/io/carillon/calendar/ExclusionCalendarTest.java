package io.carillon.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.calendar.CalendarEntry.TimeOfDay;
import io.carillon.support.Seeded;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExclusionCalendarTest {
    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "Europe/Paris",
                    "Australia/Lord_Howe",
                    "Pacific/Apia",
                    "Africa/Casablanca",
                    "Antarctica/Troll",
                    "America/St_Johns");

    @Test
    void aDateIsItsWholeDayInTheCalendarsZone() {
        var calendar = calendar("Europe/Paris", date("2026-12-25"));

        assertThat(calendar.at(Instant.parse("2026-12-24T22:59:59.999Z"))).isNull();
        var excluded = Objects.requireNonNull(calendar.at(Instant.parse("2026-12-24T23:00:00Z")));
        assertThat(excluded.from()).isEqualTo("2026-12-24T23:00:00Z");
        assertThat(excluded.to()).isEqualTo("2026-12-25T23:00:00Z");
        assertThat(excluded.calendar()).isEqualTo("closed");
        assertThat(excluded.entry()).isEqualTo("2026-12-25");
        assertThat(calendar.at(Instant.parse("2026-12-25T23:00:00Z"))).isNull();
    }

    @Test
    void aNightReachesIntoTheDayAfter() {
        var calendar =
                calendar(
                        "UTC",
                        new CalendarEntry(
                                "Night of Friday",
                                null,
                                null,
                                null,
                                null,
                                List.of(Weekday.FRI),
                                new TimeOfDay("22:00", "06:00")));

        assertThat(calendar.at(Instant.parse("2026-11-27T21:59:59Z"))).isNull();
        assertThat(calendar.at(Instant.parse("2026-11-27T22:00:00Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2026-11-28T05:59:59Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2026-11-28T06:00:00Z"))).isNull();
        assertThat(calendar.at(Instant.parse("2026-11-28T22:00:00Z"))).isNull();
    }

    @Test
    void aLocalTimeThatOccursTwiceIsExcludedBothTimes() {
        var calendar =
                calendar(
                        "Europe/Paris",
                        new CalendarEntry(
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                new TimeOfDay("02:30", "04:00")));

        assertThat(calendar.at(Instant.parse("2026-10-25T00:45:00Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2026-10-25T01:15:00Z"))).isNull();
        assertThat(calendar.at(Instant.parse("2026-10-25T01:45:00Z"))).isNotNull();
    }

    @Test
    void aYearlyDayHasBounds() {
        var calendar =
                calendar(
                        "UTC",
                        new CalendarEntry(
                                null, null, "12-25", "2026-12-01", "2027-12-31", null, null));

        assertThat(calendar.at(Instant.parse("2025-12-25T12:00:00Z"))).isNull();
        assertThat(calendar.at(Instant.parse("2026-12-25T12:00:00Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2027-12-25T12:00:00Z"))).isNotNull();
        assertThat(calendar.at(Instant.parse("2028-12-25T12:00:00Z"))).isNull();
    }

    @Seeded(tries = 500)
    void anInstantIsExcludedWhenItsLocalTimeIs(long seed) {
        var random = new Random(seed);
        var zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        var entries = new ArrayList<CalendarEntry>();
        for (int count = random.nextInt(1, 5); count > 0; count--) {
            entries.add(entry(random));
        }
        var calendar =
                new CalendarDefinition(null, zone.getId(), List.copyOf(entries)).compile("closed");
        var start = LocalDate.of(2026, 1, 1).atStartOfDay(zone).toInstant();

        for (int i = 0; i < 200; i++) {
            var instant = start.plusMillis(random.nextLong(Duration.ofDays(400).toMillis()));
            var excluded = calendar.at(instant);

            assertThat(excluded != null)
                    .as("%s in %s of %s", instant, zone, entries)
                    .isEqualTo(isExcluded(entries, instant, zone));
            if (excluded != null) {
                assertThat(instant).isBetween(excluded.from(), excluded.to().minusNanos(1));
                long length = Duration.between(excluded.from(), excluded.to()).toMillis();
                for (int k = 0; k < 5; k++) {
                    var inside = excluded.from().plusMillis(random.nextLong(length));
                    assertThat(isExcluded(entries, inside, zone)).as("%s", inside).isTrue();
                }
            }
        }
    }

    /** By java.time alone, entry by entry and day by day. */
    private static boolean isExcluded(List<CalendarEntry> entries, Instant instant, ZoneId zone) {
        var local = LocalDateTime.ofInstant(instant, zone);
        for (var entry : entries) {
            for (var day : List.of(local.toLocalDate(), local.toLocalDate().minusDays(1))) {
                var from = day.atStartOfDay();
                var to = day.plusDays(1).atStartOfDay();
                if (entry.time() != null) {
                    from = day.atTime(LocalTime.parse(entry.time().from()));
                    to =
                            entry.time().to().equals("24:00")
                                    ? to
                                    : day.atTime(LocalTime.parse(entry.time().to()));
                    to = to.isBefore(from) ? to.plusDays(1) : to;
                }
                if (isOn(entry, day) && !local.isBefore(from) && local.isBefore(to)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOn(CalendarEntry entry, LocalDate day) {
        return (entry.date() == null || day.toString().equals(entry.date()))
                && (entry.yearly() == null || day.toString().endsWith(entry.yearly()))
                && (entry.from() == null || !day.isBefore(LocalDate.parse(entry.from())))
                && (entry.to() == null || !day.isAfter(LocalDate.parse(entry.to())))
                && (entry.days() == null
                        || entry.days().stream()
                                .anyMatch(it -> it.ordinal() == day.getDayOfWeek().ordinal()));
    }

    private static CalendarEntry entry(Random random) {
        var day = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(400));
        TimeOfDay time = random.nextBoolean() ? null : time(random);
        List<Weekday> days =
                random.nextInt(3) > 0
                        ? null
                        : List.of(
                                Weekday.values()[random.nextInt(7)],
                                Weekday.values()[random.nextInt(7)]);
        return switch (random.nextInt(4)) {
            case 0 -> new CalendarEntry(null, day.toString(), null, null, null, days, time);
            case 1 ->
                    new CalendarEntry(
                            null, null, day.toString().substring(5), null, null, days, time);
            case 2 ->
                    new CalendarEntry(
                            null,
                            null,
                            null,
                            day.toString(),
                            day.plusDays(random.nextInt(100)).toString(),
                            days,
                            time);
            default ->
                    new CalendarEntry(
                            null,
                            null,
                            null,
                            null,
                            null,
                            days == null ? List.of(Weekday.SUN) : days,
                            time);
        };
    }

    private static TimeOfDay time(Random random) {
        var from = LocalTime.ofSecondOfDay(random.nextInt(86_400));
        var to = LocalTime.ofSecondOfDay(random.nextInt(86_400));
        return from.equals(to)
                ? new TimeOfDay("10:00", "24:00")
                : new TimeOfDay(from.toString(), to.toString());
    }

    @Test
    void whatIsNoEntryIsRefusedByItsField() {
        refused(entry(null, null, null, null, null), "entries[0]", "expected date");
        refused(entry("2026-12-25", "12-25", null, null, null), "entries[0]", "does not go with");
        refused(
                entry("2026-02-30", null, null, null, null),
                "entries[0].date",
                "such as 2026-12-25");
        refused(entry("+12026-02-01", null, null, null, null), "entries[0].date", "from 1970");
        refused(entry(null, "13-01", null, null, null), "entries[0].yearly", "month and day");
        refused(
                entry(null, null, "2026-12-25", "2026-12-24", null),
                "entries[0].to",
                "before from");
        refused(
                entry(null, null, null, null, new TimeOfDay("25:00", "26:00")),
                "entries[0].time.from",
                "time of day");
        refused(
                entry(null, null, null, null, new TimeOfDay("10:00", "10:00")),
                "entries[0].time",
                "is empty");
    }

    private static CalendarEntry entry(
            @Nullable String date,
            @Nullable String yearly,
            @Nullable String from,
            @Nullable String to,
            @Nullable TimeOfDay time) {
        return new CalendarEntry(null, date, yearly, from, to, null, time);
    }

    private static CalendarEntry date(String date) {
        return entry(date, null, null, null, null);
    }

    private static void refused(CalendarEntry entry, String field, String message) {
        assertThatThrownBy(() -> calendar("UTC", entry))
                .hasMessageStartingWith(field + ": ")
                .hasMessageContaining(message);
    }

    private static ExclusionCalendar calendar(String zone, CalendarEntry... entries) {
        return new CalendarDefinition(null, zone, List.of(entries)).compile("closed");
    }
}
