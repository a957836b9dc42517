package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Seeded;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IntervalScheduleTest {

    private static final Instant ANCHOR = Instant.parse("2026-01-01T00:00:00.250Z");

    @Test
    void withoutStartAtTheFirstInstantIsOneIntervalAfterTheAnchor() {
        Schedule schedule = every("90s", null, null);

        assertThat(Schedules.page(schedule, Instant.MIN, 2))
                .isEqualTo(
                        Schedules.instants("2026-01-01T00:01:30.250Z", "2026-01-01T00:03:00.250Z"));
    }

    @Test
    void startAtIsTheFirstInstantAndThePhase() {
        Schedule schedule = every("24h", "2026-12-01T09:00:00Z", null);

        assertThat(Schedules.page(schedule, Instant.MIN, 2))
                .isEqualTo(Schedules.instants("2026-12-01T09:00:00Z", "2026-12-02T09:00:00Z"));
        assertThat(schedule.next(Instant.parse("2027-06-01T12:00:00Z")))
                .isEqualTo(Instant.parse("2027-06-02T09:00:00Z"));
    }

    @Test
    void endAtMayBePlanned() {
        Schedule schedule = every("1h", "2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z");

        assertThat(Schedules.page(schedule, Instant.MIN, 9)).hasSize(3);
        assertThat(schedule.previous(Instant.MAX)).isEqualTo(Instant.parse("2026-01-01T02:00:00Z"));
        assertThat(schedule.next(Instant.parse("2026-01-01T02:00:00Z"))).isNull();
    }

    @Test
    void nothingIsPlannedBeforeTheFirstInstant() {
        Schedule schedule = every("1h", "2026-01-01T00:00:00Z", null);

        assertThat(schedule.previous(Instant.parse("2026-01-01T00:00:00Z"))).isNull();
        assertThat(schedule.previous(Instant.parse("2026-01-01T00:00:00.000000001Z")))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void theEndsOfTimeAreNoProblem() {
        Schedule schedule = every("100ms", null, null);

        assertThat(schedule.next(Instant.MAX)).isNull();
        assertThat(schedule.next(Instants.LATEST)).isNull();
        assertThat(schedule.previous(Instant.MIN)).isNull();
        assertThat(schedule.previous(Instant.MAX)).isBeforeOrEqualTo(Instants.LATEST);
        assertThat(schedule.next(Instant.MIN)).isEqualTo(ANCHOR.plusMillis(100));
        assertThat(schedule.count(Instant.MIN, Instant.MAX, Long.MAX_VALUE)).isPositive();
    }

    @Test
    void countingStopsAtTheLimitAndAtNothing() {
        Schedule schedule = every("1s", "2026-01-01T00:00:00Z", null);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");

        assertThat(schedule.count(start, start.plusSeconds(10), 100)).isEqualTo(10);
        assertThat(schedule.count(start, start.plusSeconds(10), 4)).isEqualTo(4);
        assertThat(schedule.count(start, start, 4)).isZero();
        assertThat(schedule.count(start.plusSeconds(9), start, 4)).isZero();
    }

    @Seeded(tries = 1000)
    void nextPreviousAndCountAgreeWithPlainAddition(long seed) {
        Random random = new Random(seed);
        long step = random.nextLong(100, 100_000);
        boolean starts = random.nextBoolean();
        Instant origin = ANCHOR.plusMillis(random.nextLong(1_000_000));
        Instant end = origin.plusMillis(step * 50 + random.nextLong(step));
        Schedule schedule =
                new ScheduleSpec(
                                null,
                                Duration.ofMillis(step),
                                null,
                                null,
                                starts ? origin : null,
                                end,
                                null)
                        .compile(origin, "seed");
        NavigableSet<Instant> planned = new TreeSet<>();
        for (Instant t = origin; !t.isAfter(end); t = t.plusMillis(step)) {
            planned.add(t);
        }
        if (!starts) {
            planned.pollFirst();
        }

        for (int i = 0; i < 20; i++) {
            Instant asked = origin.plusNanos(random.nextLong(-step, step * 60) * 1_000_000);
            asked = asked.plusNanos(random.nextInt(3) - 1);
            Instant until = asked.plusMillis(random.nextLong(step * 60));
            assertThat(schedule.next(asked)).isEqualTo(planned.higher(asked));
            assertThat(schedule.previous(asked)).isEqualTo(planned.lower(asked));
            assertThat(schedule.count(asked, until, 1000))
                    .isEqualTo(planned.subSet(asked, until).size());
        }
    }

    private static Schedule every(String every, @Nullable String startAt, @Nullable String endAt) {
        return new ScheduleSpec(
                        null,
                        DurationText.parse(every),
                        null,
                        null,
                        startAt == null ? null : Instant.parse(startAt),
                        endAt == null ? null : Instant.parse(endAt),
                        null)
                .compile(ANCHOR, "seed");
    }
}
