package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronDaylightSavingTest {

    /** Expression, zone, policies, the window and all that is planned in it. */
    @ParameterizedTest(name = "{0} in {1}, {2}, {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # Paris 2026-03-29: 02:00 becomes 03:00, at 01:00Z.
                    30 2 * * *  | Europe/Paris | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T22:00:00Z | 2026-03-29T01:00:00Z
                    30 2 * * *  | Europe/Paris | SKIP  | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T22:00:00Z |
                    */10 2 * * * | Europe/Paris | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T22:00:00Z | 2026-03-29T01:00:00Z
                    0,30 2,3 * * * | Europe/Paris | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T22:00:00Z | 2026-03-29T01:00:00Z 2026-03-29T01:30:00Z
                    30 * * * *  | Europe/Paris | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T03:00:00Z | 2026-03-29T00:30:00Z 2026-03-29T01:30:00Z 2026-03-29T02:30:00Z
                    0 */2 * * * | Europe/Paris | SHIFT | FIRST | 2026-03-28T23:00:00Z | 2026-03-29T05:00:00Z | 2026-03-28T23:00:00Z 2026-03-29T02:00:00Z 2026-03-29T04:00:00Z
                    0 3 * * *   | Europe/Paris | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T22:00:00Z | 2026-03-29T01:00:00Z
                    # New York 2026-11-01: 02:00 becomes 01:00, at 06:00Z.
                    30 1 * * *  | America/New_York | SHIFT | FIRST | 2026-11-01T04:00:00Z | 2026-11-01T20:00:00Z | 2026-11-01T05:30:00Z
                    30 1 * * *  | America/New_York | SHIFT | LAST  | 2026-11-01T04:00:00Z | 2026-11-01T20:00:00Z | 2026-11-01T06:30:00Z
                    30 1 * * *  | America/New_York | SHIFT | BOTH  | 2026-11-01T04:00:00Z | 2026-11-01T20:00:00Z | 2026-11-01T05:30:00Z 2026-11-01T06:30:00Z
                    30 * * * *  | America/New_York | SHIFT | FIRST | 2026-11-01T05:00:00Z | 2026-11-01T08:00:00Z | 2026-11-01T05:30:00Z 2026-11-01T06:30:00Z 2026-11-01T07:30:00Z
                    0 1,2 * * * | America/New_York | SHIFT | FIRST | 2026-11-01T04:00:00Z | 2026-11-01T20:00:00Z | 2026-11-01T05:00:00Z 2026-11-01T07:00:00Z
                    0 1,2 * * * | America/New_York | SHIFT | LAST  | 2026-11-01T04:00:00Z | 2026-11-01T20:00:00Z | 2026-11-01T06:00:00Z 2026-11-01T07:00:00Z
                    # Lord Howe moves by half an hour: 2026-10-04 02:00 becomes 02:30 at 2026-10-03T15:30Z; 2026-04-05 02:00 becomes 01:30 at 2026-04-04T15:00Z.
                    15 2 * * *  | Australia/Lord_Howe | SHIFT | FIRST | 2026-10-03T14:00:00Z | 2026-10-04T10:00:00Z | 2026-10-03T15:30:00Z
                    45 2 * * *  | Australia/Lord_Howe | SHIFT | FIRST | 2026-10-03T14:00:00Z | 2026-10-04T10:00:00Z | 2026-10-03T15:45:00Z
                    45 1 * * *  | Australia/Lord_Howe | SHIFT | FIRST | 2026-04-04T14:00:00Z | 2026-04-05T10:00:00Z | 2026-04-04T14:45:00Z
                    45 1 * * *  | Australia/Lord_Howe | SHIFT | LAST  | 2026-04-04T14:00:00Z | 2026-04-05T10:00:00Z | 2026-04-04T15:15:00Z
                    15 1 * * *  | Australia/Lord_Howe | SHIFT | LAST  | 2026-04-04T14:00:00Z | 2026-04-05T10:00:00Z | 2026-04-04T14:15:00Z
                    # Apia had no 2011-12-30.
                    0 9 30 12 * | Pacific/Apia | SHIFT | FIRST | 2011-12-28T00:00:00Z | 2012-01-02T00:00:00Z | 2011-12-30T10:00:00Z
                    0 9 30 12 * | Pacific/Apia | SKIP  | FIRST | 2011-12-28T00:00:00Z | 2012-01-02T00:00:00Z |
                    0 9 * * *   | Pacific/Apia | SKIP  | FIRST | 2011-12-29T00:00:00Z | 2011-12-31T00:00:00Z | 2011-12-29T19:00:00Z 2011-12-30T19:00:00Z
                    # Troll moves by two hours: 2026-03-29 01:00 becomes 03:00 at 01:00Z.
                    30 1,2 * * * | Antarctica/Troll | SHIFT | FIRST | 2026-03-29T00:00:00Z | 2026-03-29T20:00:00Z | 2026-03-29T01:00:00Z
                    30 2 * * *  | Antarctica/Troll | SHIFT | BOTH  | 2026-10-24T23:30:00Z | 2026-10-25T20:00:00Z | 2026-10-25T00:30:00Z 2026-10-25T02:30:00Z
                    # No midnight: Sao Paulo 2018-11-04, Santiago 2025-09-07, Beirut 2026-03-29, Cairo 2026-04-24.
                    0 0 * * *   | America/Sao_Paulo | SHIFT | FIRST | 2018-11-03T12:00:00Z | 2018-11-04T12:00:00Z | 2018-11-04T03:00:00Z
                    0 0 * * *   | America/Santiago  | SHIFT | FIRST | 2025-09-06T12:00:00Z | 2025-09-07T12:00:00Z | 2025-09-07T04:00:00Z
                    0 0 * * *   | Asia/Beirut       | SHIFT | FIRST | 2026-03-28T12:00:00Z | 2026-03-29T12:00:00Z | 2026-03-28T22:00:00Z
                    0 0 * * *   | Africa/Cairo      | SHIFT | FIRST | 2026-04-23T12:00:00Z | 2026-04-24T12:00:00Z | 2026-04-23T22:00:00Z
                    0 0 * * *   | Africa/Cairo      | SKIP  | FIRST | 2026-04-23T12:00:00Z | 2026-04-24T12:00:00Z |
                    # Midnight twice: Sao Paulo 2018-02-18 00:00 becomes 2018-02-17 23:00.
                    30 23 * * * | America/Sao_Paulo | SHIFT | FIRST | 2018-02-17T12:00:00Z | 2018-02-18T12:00:00Z | 2018-02-18T01:30:00Z
                    30 23 * * * | America/Sao_Paulo | SHIFT | LAST  | 2018-02-17T12:00:00Z | 2018-02-18T12:00:00Z | 2018-02-18T02:30:00Z
                    0 0 * * *   | America/Sao_Paulo | SHIFT | FIRST | 2018-02-17T12:00:00Z | 2018-02-18T12:00:00Z | 2018-02-18T03:00:00Z
                    # Casablanca goes back for Ramadan: 2026-02-15 03:00 becomes 02:00 at 02:00Z, and forward on 2026-03-22 at 02:00Z.
                    30 2 * * *  | Africa/Casablanca | SHIFT | BOTH  | 2026-02-15T00:00:00Z | 2026-02-15T20:00:00Z | 2026-02-15T01:30:00Z 2026-02-15T02:30:00Z
                    30 2 * * *  | Africa/Casablanca | SHIFT | FIRST | 2026-03-22T00:00:00Z | 2026-03-22T20:00:00Z | 2026-03-22T02:00:00Z
                    """)
    void eachPolicyInEachZone(
            String expression,
            String zone,
            ScheduleSpec.Dst.Gap gap,
            ScheduleSpec.Dst.Overlap overlap,
            String from,
            String to,
            String expected) {
        List<Instant> instants =
                expected == null ? List.of() : Schedules.instants(expected.split(" "));

        Schedule schedule = Schedules.cron(expression, zone, gap, overlap);

        assertThat(Schedules.between(schedule, from, to)).isEqualTo(instants);
    }

    @Test
    void shiftAndFirstAreTheDefaults() {
        Schedule schedule = Schedules.cron("30 2 * * *", "Europe/Paris");

        assertThat(Schedules.between(schedule, "2026-03-29T00:00:00Z", "2026-03-29T20:00:00Z"))
                .isEqualTo(Schedules.instants("2026-03-29T01:00:00Z"));
        assertThat(Schedules.between(schedule, "2026-10-25T00:00:00Z", "2026-10-25T20:00:00Z"))
                .isEqualTo(Schedules.instants("2026-10-25T00:30:00Z"));
    }

    @Test
    void previousFindsAShiftedInstantToo() {
        Schedule schedule = Schedules.cron("30 2 * * *", "Europe/Paris");

        assertThat(schedule.previous(Instant.parse("2026-03-29T01:00:00.001Z")))
                .isEqualTo(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(schedule.previous(Instant.parse("2026-03-29T01:00:00Z")))
                .isEqualTo(Instant.parse("2026-03-28T01:30:00Z"));
    }

    @Test
    void theSecondPassOfARareTimeIsSeenFromTheFirst() {
        Schedule schedule =
                Schedules.cron(
                        "45 1 1 11 *",
                        "America/New_York",
                        ScheduleSpec.Dst.Gap.SHIFT,
                        ScheduleSpec.Dst.Overlap.BOTH);

        assertThat(schedule.next(at("2026-11-01T05:50:00Z"))).isEqualTo(at("2026-11-01T06:45:00Z"));
        assertThat(schedule.previous(at("2026-11-01T06:40:00Z")))
                .isEqualTo(at("2026-11-01T05:45:00Z"));
    }

    @Test
    void aRareTimeIsFoundFromFarOnTheDayOfAChange() {
        Schedule before = Schedules.cron("0 20 28 3 *", "Europe/Paris");
        Schedule within = Schedules.cron("30 2 29 3 *", "Europe/Paris");

        assertThat(before.next(at("2025-06-01T00:00:00Z"))).isEqualTo(at("2026-03-28T19:00:00Z"));
        assertThat(within.next(at("2025-06-01T00:00:00Z"))).isEqualTo(at("2026-03-29T01:00:00Z"));
        assertThat(within.previous(at("2026-12-01T00:00:00Z")))
                .isEqualTo(at("2026-03-29T01:00:00Z"));
    }

    @Test
    void everyMinuteIsEveryMinuteThroughBothChanges() {
        Schedule schedule = Schedules.cron("* * * * *", "Europe/Paris");

        assertThat(schedule.count(at("2026-03-28T00:00:00Z"), at("2026-03-30T00:00:00Z"), 9999))
                .isEqualTo(2880);
        assertThat(schedule.count(at("2026-10-24T00:00:00Z"), at("2026-10-26T00:00:00Z"), 9999))
                .isEqualTo(2880);
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
