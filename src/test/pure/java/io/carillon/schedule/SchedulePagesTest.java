package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Seeded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Restarts and catch-up cut the planned instants into pages; the pages must add up. */
class SchedulePagesTest {

    private static final int WHOLE = 200;

    @Seeded(tries = 200)
    void pagesAddUpToOneLongPage(long seed) {
        Random random = new Random(seed);
        Instant start = Schedules.ANCHOR.plusSeconds(random.nextInt(40_000_000));
        for (Schedule schedule : schedules(random)) {
            List<Instant> whole = Schedules.page(schedule, start, WHOLE);

            List<Instant> pages = new ArrayList<>();
            Instant cursor = start;
            while (pages.size() < WHOLE) {
                int size = Math.min(random.nextInt(1, 30), WHOLE - pages.size());
                pages.addAll(Schedules.page(schedule, cursor, size));
                cursor = pages.getLast();
            }

            assertThat(pages).isEqualTo(whole).doesNotHaveDuplicates();
        }
    }

    @Seeded(tries = 100)
    void countIsTheLengthOfThePage(long seed) {
        Random random = new Random(seed);
        Instant start = Schedules.ANCHOR.plusMillis(random.nextInt(2_000_000_000));
        for (Schedule schedule : schedules(random)) {
            List<Instant> page = Schedules.page(schedule, start.minusNanos(1), WHOLE);

            assertThat(schedule.count(start, page.getLast(), 10_000)).isEqualTo(WHOLE - 1);
            assertThat(schedule.count(start, page.getLast().plusMillis(1), 10_000))
                    .isEqualTo(WHOLE);
            assertThat(schedule.count(start, page.getLast(), 7)).isEqualTo(7);
            assertThat(schedule.count(page.getFirst(), page.getFirst(), 7)).isZero();
        }
    }

    private static List<Schedule> schedules(Random random) {
        Duration every = Duration.ofMillis(random.nextInt(100, 100_000));
        return List.of(
                new ScheduleSpec(null, every, null, null, null, null, null)
                        .compile(Schedules.ANCHOR, "seed"),
                Schedules.cron("*/10 1-3 * * *", "Europe/Paris"),
                Schedules.cron("30 2 * * SUN", "America/New_York"));
    }
}
