package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashedFieldTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theHashIsTheSameForEver() {
        // Written down, not computed: a change would move the jobs of everybody who uses H.
        assertThat(SeedHash.of("job-1", CronField.MINUTE, 60)).isEqualTo(34);
        assertThat(SeedHash.of("job-1", CronField.HOUR, 24)).isEqualTo(20);
        assertThat(SeedHash.of("", CronField.SECOND, 60)).isEqualTo(48);
    }

    @Test
    void jobsSpreadEvenlyOverTheHour() {
        int[] jobsInMinute = new int[60];
        for (int i = 0; i < 6000; i++) {
            jobsInMinute[SeedHash.of("job-" + i, CronField.MINUTE, 60)]++;
        }

        assertThat(IntStream.of(jobsInMinute)).allMatch(jobs -> jobs > 60 && jobs < 140);
    }

    @Test
    void fieldsOfOneJobAreUnrelated() {
        Set<List<Integer>> pairs =
                IntStream.range(0, 2000)
                        .mapToObj(i -> "job-" + i)
                        .map(
                                seed ->
                                        List.of(
                                                SeedHash.of(seed, CronField.MINUTE, 24),
                                                SeedHash.of(seed, CronField.HOUR, 24)))
                        .collect(Collectors.toSet());

        assertThat(pairs).hasSizeGreaterThan(500);
    }

    @Test
    void hashedValuesStayInTheirRange() {
        for (int i = 0; i < 300; i++) {
            OffsetDateTime first = first("H(10-19) H(22-1) H H *", "job-" + i);

            assertThat(first.getMinute()).isBetween(10, 19);
            assertThat(first.getHour()).isIn(22, 23, 0, 1);
            assertThat(first.getDayOfMonth()).isBetween(1, 28);
        }
    }

    @Test
    void aHashedStepIsEvenlySpacedFromAHashedStart() {
        for (int i = 0; i < 100; i++) {
            Schedule schedule = ScheduleSpec.cron("H/15 * * * *").compile(START, "job-" + i);

            List<Instant> page = Schedules.page(schedule, START, 9);

            for (int k = 1; k < page.size(); k++) {
                assertThat(page.get(k)).isEqualTo(page.get(k - 1).plusSeconds(900));
            }
        }
    }

    @Test
    void aHashedStepInARangeStaysInIt() {
        Schedule schedule = ScheduleSpec.cron("H(0-29)/10 5 * * *").compile(START, "job-1");

        List<Integer> minutes =
                Schedules.page(schedule, START, 3).stream()
                        .map(instant -> instant.atOffset(ZoneOffset.UTC).getMinute())
                        .toList();

        assertThat(minutes).containsExactly(4, 14, 24);
    }

    @Test
    void anotherSeedIsAnotherTime() {
        Set<OffsetDateTime> firsts =
                IntStream.range(0, 200)
                        .mapToObj(i -> first("H H * * *", "job-" + i))
                        .collect(Collectors.toSet());

        assertThat(firsts).hasSizeGreaterThan(150);
    }

    private static OffsetDateTime first(String expression, String seed) {
        Instant next = ScheduleSpec.cron(expression).compile(START, seed).next(START);
        return Objects.requireNonNull(next).atOffset(ZoneOffset.UTC);
    }
}
