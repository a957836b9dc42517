package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.support.Seeded;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronParserTest {

    /** A Thursday. */
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    */20 * * * *        | 01-01T00:20:00 01-01T00:40:00 01-01T01:00:00
                    5/20 0 * * *        | 01-01T00:05:00 01-01T00:25:00 01-01T00:45:00 01-02T00:05:00
                    10-40/15 8 * * *    | 01-01T08:10:00 01-01T08:25:00 01-01T08:40:00 01-02T08:10:00
                    50-10/10 8 * * *    | 01-01T08:00:00 01-01T08:10:00 01-01T08:50:00 01-02T08:00:00
                    1,2,30 8 * * *      | 01-01T08:01:00 01-01T08:02:00 01-01T08:30:00 01-02T08:01:00
                    0 22-1 * * *        | 01-01T01:00:00 01-01T22:00:00 01-01T23:00:00 01-02T00:00:00
                    0 9 * * 0           | 01-04T09:00:00 01-11T09:00:00
                    0 9 * * 7           | 01-04T09:00:00 01-11T09:00:00
                    0 9 * * SUN         | 01-04T09:00:00 01-11T09:00:00
                    0 9 * * 5-7         | 01-02T09:00:00 01-03T09:00:00 01-04T09:00:00 01-09T09:00:00
                    0 9 * * fri-Mon     | 01-02T09:00:00 01-03T09:00:00 01-04T09:00:00 01-05T09:00:00 01-09T09:00:00
                    0 9 * * FRI-MON/2   | 01-02T09:00:00 01-04T09:00:00 01-09T09:00:00
                    0 9 * * 0-7/7       | 01-04T09:00:00 01-11T09:00:00
                    0 9 * * 1/2         | 01-02T09:00:00 01-05T09:00:00 01-07T09:00:00 01-09T09:00:00
                    0 9 1 NOV-FEB *     | 01-01T09:00:00 02-01T09:00:00 11-01T09:00:00 12-01T09:00:00
                    0 9 1 jul,AUG ?     | 07-01T09:00:00 08-01T09:00:00
                    0 9 13 * FRI        | 01-02T09:00:00 01-09T09:00:00 01-13T09:00:00 01-16T09:00:00
                    0 9 */12 * FRI      | 02-13T09:00:00 03-13T09:00:00 05-01T09:00:00
                    0 9 13 * */5        | 02-13T09:00:00 03-13T09:00:00 09-13T09:00:00 11-13T09:00:00
                    0 9 L * *           | 01-31T09:00:00 02-28T09:00:00 03-31T09:00:00
                    0 9 L-3 * *         | 01-28T09:00:00 02-25T09:00:00 03-28T09:00:00
                    0 9 LW * *          | 01-30T09:00:00 02-27T09:00:00 03-31T09:00:00
                    0 9 L-1W * *        | 01-30T09:00:00 02-27T09:00:00 03-30T09:00:00
                    0 9 1W * *          | 01-01T09:00:00 02-02T09:00:00 03-02T09:00:00 04-01T09:00:00
                    0 9 15w * *         | 01-15T09:00:00 02-16T09:00:00 03-16T09:00:00 04-15T09:00:00
                    0 9 31W * *         | 01-30T09:00:00 03-31T09:00:00 05-29T09:00:00
                    0 9 * * 5L          | 01-30T09:00:00 02-27T09:00:00
                    0 9 * * fril        | 01-30T09:00:00 02-27T09:00:00
                    0 9 * * 7L          | 01-25T09:00:00 02-22T09:00:00
                    0 9 * * MON#2       | 01-12T09:00:00 02-09T09:00:00
                    0 9 * * 1#5         | 03-30T09:00:00 06-29T09:00:00
                    0 9 1,L * *         | 01-01T09:00:00 01-31T09:00:00 02-01T09:00:00
                    */20 59 23 * * *    | 01-01T23:59:00 01-01T23:59:20 01-01T23:59:40 01-02T23:59:00
                    0 0 12 1 1 ? 2026   | 01-01T12:00:00
                    @yearly             | none
                    @monthly            | 02-01T00:00:00 03-01T00:00:00
                    @WEEKLY             | 01-04T00:00:00 01-11T00:00:00
                    @daily              | 01-02T00:00:00 01-03T00:00:00
                    @midnight           | 01-02T00:00:00 01-03T00:00:00
                    @hourly             | 01-01T01:00:00 01-01T02:00:00
                    @every 8h           | 01-01T08:00:00 01-01T16:00:00 01-02T00:00:00
                    """)
    void theLanguageOfCron(String expression, String expected) {
        List<String> texts = "none".equals(expected) ? List.of() : List.of(expected.split(" "));
        List<Instant> instants = texts.stream().map(t -> Instant.parse("2026-" + t + "Z")).toList();

        Schedule schedule = Schedules.cron(expression);

        assertThat(Schedules.page(schedule, START, instants.size())).isEqualTo(instants);
        if (instants.size() < 2) {
            Instant further = schedule.next(instants.isEmpty() ? START : instants.getLast());
            assertThat(further == null || further.atOffset(ZoneOffset.UTC).getYear() > 2026)
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    0 9 * * 8          | field 5, day of week: 8 is above 7 (character 9)
                    61 * * * *         | field 1, minute: 61 is above 59 (character 1)
                    0 24 * * *         | field 2, hour: 24 is above 23 (character 3)
                    0 9 0 * *          | field 3, day of month: 0 is below 1 (character 5)
                    0 9 1 13 *         | field 4, month: 13 is above 12 (character 7)
                    60 0 9 * * *       | field 1, second: 60 is above 59 (character 1)
                    0 0 9 * * * 2201   | field 7, year: 2201 is above 2200 (character 13)
                    0 0 9 * * * 1969   | field 7, year: 1969 is below 1970 (character 13)
                    0 0 9 * * * 2030-2020 | field 7, year: the range runs backwards from 2030 to 2020 (character 13)
                    0 0 9 * * * H      | field 7, year: H is not for years, expected 1970 to 2200 (character 13)
                    99999999999 * * * * | field 1, minute: 99999999999 is above 59 (character 1)
                    -5 * * * *         | field 1, minute: expected 0 to 59, found '-' (character 1)
                    1- * * * *         | field 1, minute: expected 0 to 59, found the end of the field (character 3)
                    */0 * * * *        | field 1, minute: the step 0 is below 1 (character 3)
                    */60 * * * *       | field 1, minute: the step 60 is above 59 (character 3)
                    */ * * * *         | field 1, minute: expected the step, 1 to 59, found the end of the field (character 3)
                    1,,2 * * * *       | field 1, minute: expected 0 to 59, found ',' (character 3)
                    1, * * * *         | field 1, minute: expected 0 to 59, found the end of the field (character 3)
                    1-2-3 * * * *      | field 1, minute: expected ',' or the end of the field, found '-' (character 4)
                    *5 * * * *         | field 1, minute: expected ',' or the end of the field, found '5' (character 2)
                    0 9 * FOO *        | field 4, month: expected 1 to 12 or JAN to DEC, found 'F' (character 7)
                    0 9 * * MONDAY     | field 5, day of week: expected ',' or the end of the field, found 'D' (character 12)
                    0 9 * * L          | field 5, day of week: L follows a day here, as in FRIL or 5L (character 9)
                    0 L * * *          | field 2, hour: expected 0 to 23, found 'L' (character 3)
                    0 ? * * *          | field 2, hour: ? is only for day of month and day of week, expected * (character 3)
                    0 9 ?/2 * *        | field 3, day of month: expected nothing after ?, found '/' (character 6)
                    0 9 1-5W * *       | field 3, day of month: expected ',' or the end of the field, found 'W' (character 8)
                    0 9 L-31 * *       | field 3, day of month: the days before the last 31 is above 30 (character 7)
                    0 9 * * MON#6      | field 5, day of week: the week of the month 6 is above 5 (character 13)
                    0 9 * * MON#       | field 5, day of week: expected the week of the month, 1 to 5, found the end of the field (character 13)
                    H(5 * * * *        | field 1, minute: expected '-' and the last value, as in H(0-29), found the end of the field (character 4)
                    H(5-9 * * * *      | field 1, minute: expected ')', found the end of the field (character 6)
                    H(5-99) * * * *    | field 1, minute: 99 is above 59 (character 5)
                    0 9 é * *          | field 3, day of month: expected 1 to 31, found 'U+00E9' (character 5)
                    0 9 ٣ * *          | field 3, day of month: expected 1 to 31, found 'U+0663' (character 5)
                    * * * *            | expected 5 fields (minute, hour, day of month, month, day of week), 6 with seconds first or 7 with a year last, found 4 (character 8)
                    5 4 * * * * * *    | expected at most 7 fields, found 8 (character 15)
                    TZ=UTC 0 9 * * *   | give the zone in timeZone, not in the expression (character 1)
                    @reboot            | unknown name "@reboot", expected @yearly, @monthly, @weekly, @daily, @hourly or @every with a duration (character 1)
                    @every             | expected @every, a space and a duration, as in "@every 90s"
                    @every90s          | expected @every, a space and a duration, as in "@every 90s"
                    """)
    void aMistakeIsPointedAt(String expression, String message) {
        assertThatThrownBy(() -> Schedules.cron(expression))
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        e -> {
                            assertThat(e).hasMessage(message);
                            assertThat(e.field()).isEqualTo("cron");
                            assertThat(e.neverFires()).isFalse();
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\n", "0\u0000 9 * * *", "0 9 * * 😀"})
    void emptyAndStrangeTextIsRefused(String expression) {
        assertThatThrownBy(() -> Schedules.cron(expression))
                .isInstanceOf(InvalidScheduleException.class);
    }

    @Test
    void charactersAreCountedInTheTextAsWritten() {
        assertThatThrownBy(() -> Schedules.cron("  0\t 9  * *   8"))
                .hasMessage("field 5, day of week: 8 is above 7 (character 15)");
    }

    @Test
    void aTextWithoutEndIsRefused() {
        assertThatThrownBy(() -> Schedules.cron("0,".repeat(100_000) + "0 9 * * *"))
                .hasMessageContaining("at most 1000 characters");
    }

    /** A client may send anything; only one exception may come back. */
    @Seeded(tries = 3000)
    void anyTextIsEitherAScheduleOrAnInvalidSchedule(long seed) {
        Random random = new Random(seed);
        String alphabet = "0123456789***///--,,LWH#?()@ SUNMOJAFEB\t\u00e9";
        String text =
                random.ints(random.nextInt(1, 30), 0, alphabet.length())
                        .mapToObj(i -> alphabet.substring(i, i + 1))
                        .collect(Collectors.joining());
        if (random.nextBoolean()) {
            // Near misses: a good expression with one character changed.
            StringBuilder good = new StringBuilder(new ReferenceCrons(seed).make().text());
            int at = random.nextInt(good.length());
            good.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
            text = good.toString();
        }
        try {
            Schedule schedule = Schedules.cron(text);
            assertThat(schedule.next(Instant.MIN)).isNotNull();
            assertThat(schedule.description()).isNotBlank();
            assertThat(schedule.warnings(START)).doesNotContainNull();
        } catch (InvalidScheduleException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Seeded(tries = 500)
    void theCaseOfLettersDoesNotMatter(long seed) {
        String text = new ReferenceCrons(seed).make().text();

        assertThat(outcome(text.toUpperCase(Locale.ROOT)))
                .isEqualTo(outcome(text.toLowerCase(Locale.ROOT)));
    }

    private static Object outcome(String text) {
        try {
            return Schedules.page(Schedules.cron(text), START, 5);
        } catch (InvalidScheduleException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
