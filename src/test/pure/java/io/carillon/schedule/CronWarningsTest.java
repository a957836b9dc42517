package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronWarningsTest {

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/5 * * * *",
                "5/15 * * * *",
                "H H * * *",
                "H/15 * * * *",
                "30 9 * * MON-FRI",
                "10-40/7 9 * * *",
                "30 8/4 * * *",
                "30 9 1 * ?",
                "0 9 * * *",
            })
    void nothingIsSaidWhenThereIsNothingToSay(String expression) {
        assertThat(Schedules.cron(expression).warnings(FROM)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    */7 * * * *   | UNEVEN     | a step of 7 does not divide the 60 values of the minute field: after 56 comes 0
                    30 1/5 * * *  | UNEVEN     | a step of 5 does not divide the 24 values of the hour field: after 21 comes 1
                    30 9 */2 * *  | UNEVEN     | every 2 days starts again each month, at day 1
                    30 9 * */5 *  | UNEVEN     | a step of 5 does not divide the 12 values of the month field: after 11 comes 1
                    30 9 13 * FRI | EITHER_DAY | a day that matches either of them fires
                    @hourly       | HERD       | fires at the same moment
                    0 * * * *     | HERD       | fires at the same moment
                    @daily        | HERD       | H instead of 0 in the minute field
                    """)
    void aLikelyMistakeIsNamed(String expression, String code, String message) {
        assertThat(Schedules.cron(expression).warnings(FROM))
                .singleElement()
                .satisfies(
                        warning -> {
                            assertThat(warning.code()).isEqualTo(code);
                            assertThat(warning.message()).contains(message);
                        });
    }

    @Test
    void changesOfClocksAheadAreNamedWithWhatHappensThen() {
        assertThat(Schedules.cron("30 2 * * *", "Europe/Paris").warnings(FROM))
                .containsExactly(
                        new ScheduleWarning(
                                "DST_GAP",
                                "2026-03-29 02:30 does not exist in Europe/Paris; fires at"
                                        + " 2026-03-29 03:00 instead"),
                        new ScheduleWarning(
                                "DST_OVERLAP",
                                "2026-10-25 02:30 occurs twice in Europe/Paris; fires the first"
                                        + " time only"));
    }

    @Test
    void theChosenPolicyIsWhatIsSaid() {
        Schedule schedule =
                Schedules.cron(
                        "30 2 * * *",
                        "Europe/Paris",
                        ScheduleSpec.Dst.Gap.SKIP,
                        ScheduleSpec.Dst.Overlap.BOTH);

        assertThat(schedule.warnings(FROM))
                .extracting(ScheduleWarning::message)
                .containsExactly(
                        "2026-03-29 02:30 does not exist in Europe/Paris; does not fire then",
                        "2026-10-25 02:30 occurs twice in Europe/Paris; fires both times");
    }

    @Test
    void aTimeThatNoChangeTouchesIsNotWarnedAbout() {
        assertThat(Schedules.cron("30 9 * * *", "Europe/Paris").warnings(FROM)).isEmpty();
        assertThat(Schedules.cron("15 * * * *", "Europe/Paris").warnings(FROM)).isEmpty();
    }

    @Test
    void onlyTheYearAheadIsLookedAt() {
        Schedule schedule = Schedules.cron("0 30 2 29 3 ? 2026", "Europe/Paris");

        assertThat(codes(schedule.warnings(FROM))).containsExactly("DST_GAP");
        assertThat(schedule.warnings(Instant.parse("2026-04-01T00:00:00Z"))).isEmpty();
        assertThat(schedule.warnings(Instant.parse("2025-01-01T00:00:00Z"))).isEmpty();
        assertThat(schedule.warnings(Instant.MAX)).isEmpty();
        assertThat(schedule.warnings(Instant.MIN)).isEmpty();
    }

    @Test
    void aChangeOutsideTheBoundsIsNotWarnedAbout() {
        Schedule untilMay =
                new ScheduleSpec(
                                "30 2 * * *",
                                null,
                                null,
                                "Europe/Paris",
                                null,
                                Instant.parse("2026-05-01T00:00:00Z"),
                                null)
                        .compile(FROM, "seed");
        Schedule fromMay =
                new ScheduleSpec(
                                "30 2 * * *",
                                null,
                                null,
                                "Europe/Paris",
                                Instant.parse("2026-05-01T00:00:00Z"),
                                null,
                                null)
                        .compile(FROM, "seed");

        assertThat(codes(untilMay.warnings(FROM))).containsExactly("DST_GAP");
        assertThat(codes(fromMay.warnings(FROM))).containsExactly("DST_OVERLAP");
    }

    private static List<String> codes(List<ScheduleWarning> warnings) {
        return warnings.stream().map(ScheduleWarning::code).toList();
    }
}
