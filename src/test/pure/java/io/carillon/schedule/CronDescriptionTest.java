package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronDescriptionTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    * * * * *               | every minute, UTC
                    */5 * * * *             | every 5 minutes, UTC
                    */7 * * * *             | at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour, UTC
                    15 * * * *              | at minute 15 of every hour, UTC
                    0 * * * *               | every hour, UTC
                    0 */2 * * *             | every 2 hours, UTC
                    30 */2 * * *            | at minute 30 of every 2nd hour, UTC
                    0 9-17 * * *            | every hour from 09:00 to 17:00, UTC
                    */5 9-17 * * *          | every 5 minutes between 09:00 and 17:59, UTC
                    */20 0,6,12 * * *       | every 20 minutes in hours 0, 6 and 12, UTC
                    0 9 * * *               | at 09:00 every day, UTC
                    0 9,17 * * *            | at 09:00 and 17:00 every day, UTC
                    0 9 * * 0,6             | at 09:00 on Saturday and Sunday, UTC
                    0 9 1,15 * *            | at 09:00 on days 1 and 15 of the month, UTC
                    0 9 1,15 * FRI          | at 09:00 on days 1 and 15 of the month or on Friday, UTC
                    0 9 */15 * FRI          | at 09:00 on days 1, 16 and 31 of the month, if it is also on Friday, UTC
                    0 9 1-31 * FRI          | at 09:00 every day, UTC
                    0 9 L * *               | at 09:00 on the last day of the month, UTC
                    0 9 L-3 * *             | at 09:00 on 3 days before the last day of the month, UTC
                    0 9 LW * *              | at 09:00 on the last weekday of the month, UTC
                    0 9 15W * *             | at 09:00 on the weekday nearest to day 15 of the month, UTC
                    0 9 * * MON#2           | at 09:00 on the second Monday of the month, UTC
                    0 9 * * 5L              | at 09:00 on the last Friday of the month, UTC
                    0 9 1 1,7 *             | at 09:00 on day 1 of the month in January and July, UTC
                    0 9 * JUN-AUG *         | at 09:00 every day in June to August, UTC
                    0 0 9 1 1 ? 2026-2028   | at 09:00 on day 1 of the month in January in 2026 to 2028, UTC
                    30 0 9 * * *            | at 09:00:30 every day, UTC
                    * * * * * *             | every second, UTC
                    */10 * * * * *          | every 10 seconds, UTC
                    30 * * * * *            | at second 30 of every minute, UTC
                    """)
    void aScheduleInWords(String expression, String words) {
        assertThat(Schedules.cron(expression).description()).isEqualTo(words);
    }

    @Test
    void theZoneIsNamed() {
        assertThat(Schedules.cron("0 9 * * MON-FRI", "Europe/Paris").description())
                .isEqualTo("at 09:00 on Monday to Friday, Europe/Paris time");
        assertThat(Schedules.cron("0 9 * * *", "+02:00").description())
                .isEqualTo("at 09:00 every day, +02:00 time");
    }

    @Test
    void boundsAreNamed() {
        Instant from = Instant.parse("2026-06-01T00:00:00Z");
        Instant until = Instant.parse("2026-07-01T00:00:00Z");

        assertThat(spec("0 9 * * *", null, from, until))
                .isEqualTo(
                        "at 09:00 every day, UTC, from 2026-06-01T00:00:00Z, until"
                                + " 2026-07-01T00:00:00Z");
        assertThat(spec(null, Duration.ofHours(24), from, until))
                .isEqualTo("every 24 hours, from 2026-06-01T00:00:00Z, until 2026-07-01T00:00:00Z");
    }

    private static String spec(
            @Nullable String cron, @Nullable Duration every, Instant from, Instant until) {
        return new ScheduleSpec(cron, every, null, null, from, until, null)
                .compile(from, "seed")
                .description();
    }
}
