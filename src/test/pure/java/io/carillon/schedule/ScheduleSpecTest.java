package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleSpecTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void oneKindMustBeGiven() {
        refused(
                spec(null, null, null),
                "",
                "expected exactly one of cron, every and at, found none");
    }

    @Test
    void onlyOneKindMayBeGiven() {
        refused(
                spec("* * * * *", Duration.ofSeconds(1), null),
                "",
                "expected exactly one of cron, every and at, found cron and every");
        refused(
                spec(null, Duration.ofSeconds(1), NOON),
                "",
                "expected exactly one of cron, every and at, found every and at");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Mars/Olympus", "", " ", "+25:00", "Europe/Paris; DROP TABLE job", "\u0000"})
    void anUnknownZoneIsRefused(String zone) {
        assertThatThrownBy(() -> Schedules.cron("0 9 * * *", zone))
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        e -> assertThat(e.field()).isEqualTo("timeZone"))
                .hasMessageStartingWith("unknown time zone \"");
    }

    @Test
    void aZoneInAnotherCaseIsSuggested() {
        assertThatThrownBy(() -> Schedules.cron("0 9 * * *", "europe/paris"))
                .hasMessageEndingWith("did you mean \"Europe/Paris\"?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+02:00", "UTC+2", "GMT+02:00", "Etc/GMT-2"})
    void fixedOffsetsAreZonesToo(String zone) {
        assertThat(Schedules.cron("0 9 * * *", zone).next(NOON))
                .isEqualTo(Instant.parse("2026-06-02T07:00:00Z"));
    }

    @Test
    void theZoneIsUtcWhenNoneIsGiven() {
        assertThat(Schedules.cron("0 9 * * *").next(NOON))
                .isEqualTo(Instant.parse("2026-06-02T09:00:00Z"));
    }

    @Test
    void boundsHoldForCronAndMayBePlannedThemselves() {
        Schedule schedule =
                new ScheduleSpec("0 * * * *", null, null, null, NOON, NOON.plusSeconds(7200), null)
                        .compile(NOON, "seed");

        assertThat(Schedules.page(schedule, Instant.MIN, 9))
                .isEqualTo(
                        Schedules.instants(
                                "2026-06-01T12:00:00Z",
                                "2026-06-01T13:00:00Z",
                                "2026-06-01T14:00:00Z"));
        assertThat(schedule.previous(Instant.MAX)).isEqualTo(NOON.plusSeconds(7200));
        assertThat(schedule.previous(NOON)).isNull();
        assertThat(schedule.next(NOON.plusSeconds(7200))).isNull();
    }

    @Test
    void aStartWithinASecondExcludesThatSecond() {
        Schedule schedule =
                new ScheduleSpec("* * * * * *", null, null, null, NOON.plusMillis(1), null, null)
                        .compile(NOON, "seed");

        assertThat(schedule.next(Instant.MIN)).isEqualTo(NOON.plusSeconds(1));
    }

    @Test
    void anEndBeforeTheStartIsRefused() {
        ScheduleSpec spec =
                new ScheduleSpec("0 * * * *", null, null, null, NOON, NOON.minusMillis(1), null);

        refused(
                spec,
                "endAt",
                "endAt 2026-06-01T11:59:59.999Z is before startAt 2026-06-01T12:00:00Z");
    }

    @Test
    void oneInstantHasNoBounds() {
        refused(
                new ScheduleSpec(null, null, NOON, null, NOON, null, null),
                "startAt",
                "startAt and endAt do not go with at, which is one instant");
        refused(
                new ScheduleSpec(null, null, NOON, null, null, NOON, null),
                "endAt",
                "startAt and endAt do not go with at, which is one instant");
    }

    @Test
    void oneInstantIsPlannedOnceInWholeMilliseconds() {
        Schedule schedule = spec(null, null, NOON.plusNanos(1_999_999)).compile(NOON, "seed");

        assertThat(Schedules.page(schedule, Instant.MIN, 9)).containsExactly(NOON.plusMillis(1));
        assertThat(schedule.next(NOON.plusMillis(1))).isNull();
        assertThat(schedule.previous(NOON.plusMillis(1))).isNull();
        assertThat(schedule.previous(Instant.MAX)).isEqualTo(NOON.plusMillis(1));
        assertThat(schedule.count(NOON, NOON.plusSeconds(1), 10)).isEqualTo(1);
        assertThat(schedule.description()).isEqualTo("once, at 2026-06-01T12:00:00.001Z");
        assertThat(schedule.warnings(NOON)).isEmpty();
    }

    @Test
    void instantsBeyondTheCalendarAreRefused() {
        refused(
                spec(null, null, Instant.MAX),
                "at",
                "expected an instant in the years 1970 to 9999");
        refused(
                spec(null, null, Instant.MIN),
                "at",
                "expected an instant in the years 1970 to 9999");
        refused(
                new ScheduleSpec("0 * * * *", null, null, null, Instant.MAX, null, null),
                "startAt",
                "expected an instant in the years 1970 to 9999");
    }

    @Test
    void anEndBeyondTheCalendarIsNoEnd() {
        Schedule schedule =
                new ScheduleSpec("0 * * * *", null, null, null, null, Instant.MAX, null)
                        .compile(NOON, "seed");

        assertThat(schedule.next(NOON)).isEqualTo(NOON.plusSeconds(3600));
    }

    @Test
    void intervalsHaveALeastAndAGreatestLength() {
        refused(
                spec(null, Duration.ofMillis(99), null),
                "every",
                "an interval is at least 100ms and at most 3660d, found 99 milliseconds");
        refused(
                spec(null, Duration.ofSeconds(-5), null),
                "every",
                "an interval is at least 100ms and at most 3660d, found -5 seconds");
        refused(
                spec("@every 3661d", null, null),
                "cron",
                "an interval is at least 100ms and at most 3660d, found 523 weeks");
        assertThatThrownBy(
                        () ->
                                spec(null, Duration.ofSeconds(Long.MAX_VALUE), null)
                                        .compile(NOON, "seed"))
                .isInstanceOf(InvalidScheduleException.class);
    }

    @Test
    void everyInACronExpressionIsAnInterval() {
        Schedule schedule = Schedules.cron(" @Every 1h30m ");

        assertThat(schedule).isInstanceOf(IntervalSchedule.class);
        assertThat(schedule.description()).isEqualTo("every 1 hour 30 minutes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 0 30 2 *",
                "0 0 31 4 *",
                "0 0 31 2,4,6,9,11 *",
                "0 0 0 29 2 ? 2023",
                "0 0 L-30 2 *",
                "0 0 31W 4 *",
                "0 0 30,31 FEB */2",
                "0 0 0 29 2 ? 2100,2101"
            })
    void aDateThatNeverComesIsFoundOutWhenCompiled(String expression) {
        neverFires(ScheduleSpec.cron(expression), "cron", "no date in the years 1970 to 2200");
    }

    @Test
    void aRestrictedWeekdayMakesAnImpossibleDateFire() {
        assertThat(Schedules.cron("0 0 30 2 MON").next(NOON)).isNotNull();
    }

    @Test
    void aTimeThatIsAlwaysSkippedNeverFires() {
        ScheduleSpec spec =
                new ScheduleSpec(
                        "0 30 2 29 3 ? 2026",
                        null,
                        null,
                        "Europe/Paris",
                        null,
                        null,
                        new ScheduleSpec.Dst(ScheduleSpec.Dst.Gap.SKIP, null));

        neverFires(spec, "cron", "skipped by a change of clocks");
    }

    @Test
    void boundsThatHoldNothingNeverFire() {
        neverFires(
                new ScheduleSpec("0 0 * * *", null, null, null, NOON, NOON.plusSeconds(60), null),
                "endAt",
                "nothing is planned between startAt and endAt");
        neverFires(
                new ScheduleSpec(null, Duration.ofHours(1), null, null, null, NOON, null),
                "endAt",
                "nothing is planned between startAt and endAt");
    }

    @Test
    void aScheduleWhoseTimeIsOverIsNoError() {
        Schedule schedule = Schedules.cron("0 0 0 1 1 ? 1999");

        assertThat(schedule.next(NOON)).isNull();
        assertThat(schedule.previous(NOON)).isEqualTo(Instant.parse("1999-01-01T00:00:00Z"));
    }

    @Test
    void cronEndsWithTheYear2200() {
        Schedule schedule = Schedules.cron("0 0 1 1 *");

        assertThat(schedule.previous(Instant.MAX)).isEqualTo(Instant.parse("2200-01-01T00:00:00Z"));
        assertThat(schedule.next(Instant.MAX)).isNull();
        assertThat(schedule.previous(Instant.MIN)).isNull();
        assertThat(schedule.next(Instant.MIN)).isEqualTo(Instant.EPOCH);
    }

    private static ScheduleSpec spec(
            @Nullable String cron, @Nullable Duration every, @Nullable Instant at) {
        return new ScheduleSpec(cron, every, at, null, null, null, null);
    }

    private static void refused(ScheduleSpec spec, String field, String message) {
        assertThatThrownBy(() -> spec.compile(NOON, "seed"))
                .hasMessageStartingWith(message)
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        e -> {
                            assertThat(e.field()).isEqualTo(field);
                            assertThat(e.neverFires()).isFalse();
                        });
    }

    private static void neverFires(ScheduleSpec spec, String field, String message) {
        assertThatThrownBy(() -> spec.compile(NOON, "seed"))
                .hasMessageStartingWith("never fires: ")
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        e -> {
                            assertThat(e.field()).isEqualTo(field);
                            assertThat(e.neverFires()).isTrue();
                        });
    }
}
