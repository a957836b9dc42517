package io.carillon.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesCronTest {
    private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0 6 */2 * 1     | 12-01 12-03 12-05 12-07 12-09 12-11 12-13 12-14
                    0 6 1 * */2     | 12-01 12-03 12-05 12-06 12-08 12-10 12-12 12-13
                    0 6 */10 * */3  | 12-01 12-02 12-05 12-06 12-09 12-11 12-12 12-13
                    0 6 */1 * 1     | 12-07 12-14 12-21 12-28
                    0 6 ? * 1       | 12-07 12-14 12-21 12-28
                    0 6 1,* * 1     | 12-07 12-14 12-21 12-28
                    0 6 1,* * *     | 12-01 12-02 12-03 12-04
                    0 6 13 * FRI    | 12-04 12-11 12-13 12-18 12-25
                    0 6 */10 * *    | 12-01 12-11 12-21 12-31
                    0 6 ?/10 ? ?    | 12-01 12-11 12-21 12-31
                    0 6 * * */3     | 12-02 12-05 12-06 12-09
                    0 6 29/2 * *    | 12-29 12-31
                    """)
    void daysAreThoseOfKubernetes(String cron, String days) {
        var expected =
                Stream.of(days.split(" "))
                        .map(
                                day ->
                                        LocalDate.parse("2026-" + day)
                                                .atTime(6, 0)
                                                .toInstant(ZoneOffset.UTC))
                        .toList();

        assertThat(planned(KubernetesCron.of(cron).cron(), expected.size())).isEqualTo(expected);
    }

    @Test
    void aQuestionMarkIsAStarInEveryField() {
        assertThat(KubernetesCron.of("?/20 ? 1 ? ?").cron()).isEqualTo("*/20 * 1 * *");
    }

    @Test
    void onlyWhatIsWrittenAnewIsNoted() {
        assertThat(KubernetesCron.of("0 6 */2 * 1").notes())
                .singleElement()
                .asString()
                .contains("0 6 */2 * 1 has become 0 6 1-31/2 * 1");
        assertThat(KubernetesCron.of("0 6 */2 * *").notes()).isEmpty();
        assertThat(KubernetesCron.of("0 6 */2 * *").cron()).isEqualTo("0 6 */2 * *");
        assertThat(KubernetesCron.of("0 6 13 * FRI").notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TZ=Asia/Tokyo 0 6 * * *", " CRON_TZ=Asia/Tokyo  0 6 * * * "})
    void aZoneBeforeTheScheduleIsItsZone(String schedule) {
        var cron = KubernetesCron.of(schedule);

        assertThat(cron.timeZone()).isEqualTo("Asia/Tokyo");
        assertThat(cron.cron()).isEqualTo("0 6 * * *");
    }

    @Test
    void namesAndIntervalsAreKept() {
        assertThat(KubernetesCron.of("@daily").cron()).isEqualTo("@daily");
        assertThat(KubernetesCron.of("@every 1h30m").cron()).isEqualTo("@every 1h30m");
        assertThat(KubernetesCron.of("@every 1h30m").notes()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0 6 * *",
                "0 0 6 * * *",
                "0 6 * * 7",
                "0 6 * * 5-7",
                "0 22-2 * * *",
                "0 6 * * FRI-MON",
                "0 6 * NOV-FEB *",
                "0 6 L * *",
                "0 6 15W * *",
                "0 6 * * MON#2",
                "H 6 * * *",
                "0 *-5 * * *",
                "0 6 1,,2 * *",
                "@reboot",
                "@Daily",
                "@every 500ms",
                "@every 1.5h",
                "@every "
            })
    void whatKubernetesDoesNotKnowIsRefused(String schedule) {
        assertThatThrownBy(() -> KubernetesCron.of(schedule))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Instant> planned(String cron, int count) {
        Schedule schedule =
                new ScheduleSpec(cron, null, null, null, null, null, null)
                        .compile(DECEMBER, "seed");
        var planned = new ArrayList<Instant>();
        for (var next = schedule.next(DECEMBER);
                next != null && planned.size() < count;
                next = schedule.next(next)) {
            planned.add(next);
        }
        return planned;
    }
}
