package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Seeded;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The evaluator against a reference that looks at every local date and time. */
class CronScheduleReferenceTest {

    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "+05:45",
                    "Europe/Paris",
                    "America/New_York",
                    "Australia/Lord_Howe",
                    "Pacific/Apia",
                    "Pacific/Kwajalein",
                    "Africa/Casablanca",
                    "Africa/Cairo",
                    "Africa/Monrovia",
                    "Antarctica/Troll",
                    "America/Sao_Paulo",
                    "America/Santiago",
                    "Asia/Beirut",
                    "Asia/Manila",
                    "Asia/Pyongyang",
                    "Europe/Dublin");

    /** A stretch of time in a zone, mostly around a change of its clocks. */
    private record Window(ZoneId zone, Instant from, Instant to) {}

    private record Given(ReferenceCron cron, ScheduleSpec.Dst dst, Window window) {

        Schedule schedule() {
            return new ScheduleSpec(cron.text(), null, null, window.zone().getId(), null, null, dst)
                    .compile(Instant.EPOCH, "seed");
        }

        NavigableSet<Instant> planned() {
            return cron.planned(window.zone(), dst, window.from(), window.to());
        }
    }

    @Seeded(tries = 1500)
    void nextAndPreviousYieldThePlannedInstantsOfTheReference(long seed) {
        Given given = given(new Random(seed), seed);
        Schedule schedule = compiled(given);
        if (schedule == null) {
            assertThat(given.planned()).isEmpty();
            return;
        }

        List<Instant> expected = List.copyOf(given.planned());
        List<Instant> backwards = new ArrayList<>(expected);
        Collections.reverse(backwards);

        assertThat(forwards(schedule, given.window())).as("%s", given).isEqualTo(expected);
        assertThat(backwards(schedule, given.window())).as("%s", given).isEqualTo(backwards);
    }

    @Seeded(tries = 1000)
    void aQuestionAtAnyMillisecondIsAnsweredAsByTheReference(long seed) {
        Random random = new Random(seed);
        Given given = given(random, seed);
        Schedule schedule = compiled(given);
        if (schedule == null) {
            return;
        }
        NavigableSet<Instant> planned = given.planned();
        long span = Duration.between(given.window().from(), given.window().to()).toMillis();

        for (int i = 0; i < 20; i++) {
            Instant asked = given.window().from().plusMillis(random.nextLong(span));
            if (random.nextBoolean() && !planned.isEmpty()) {
                Instant near = planned.ceiling(asked);
                asked = near == null ? planned.last() : near;
            }
            Instant later = planned.higher(asked);
            Instant earlier = planned.lower(asked);
            Instant end = given.window().to();
            assertThat(schedule.count(asked, end, Long.MAX_VALUE))
                    .as("%s count from %s", given, asked)
                    .isEqualTo(planned.tailSet(asked, true).size());
            assertThat(schedule.count(given.window().from(), asked, Long.MAX_VALUE))
                    .as("%s count to %s", given, asked)
                    .isEqualTo(planned.headSet(asked, false).size());
            if (later != null) {
                assertThat(schedule.next(asked)).as("%s after %s", given, asked).isEqualTo(later);
            }
            if (earlier != null) {
                assertThat(schedule.previous(asked))
                        .as("%s before %s", given, asked)
                        .isEqualTo(earlier);
            }
        }
    }

    /** Over all of time, where the walk jumps far. */
    @Seeded(tries = 1500)
    void previousUndoesNextAnywhere(long seed) {
        Random random = new Random(seed);
        Given given = given(random, seed);
        Schedule schedule = compiled(given);
        if (schedule == null) {
            return;
        }
        Instant asked = Instant.ofEpochSecond(random.nextLong(-100_000_000L, 7_400_000_000L));

        Instant next = schedule.next(asked);

        if (next != null) {
            assertThat(next).isAfter(asked);
            assertThat(schedule.previous(next.plusMillis(1))).as("%s", given).isEqualTo(next);
            Instant previous = schedule.previous(next);
            assertThat(previous == null || !previous.isAfter(asked)).as("%s", given).isTrue();
            assertThat(schedule.next(next.minusMillis(1))).as("%s", given).isEqualTo(next);
        } else {
            Instant last = schedule.previous(Instant.MAX);
            assertThat(last).as("%s", given).isNotNull().isBeforeOrEqualTo(asked);
        }
    }

    /** Rare dates over decades, so that the reference too visits many changes of clocks. */
    @Seeded(tries = 300)
    void rareDatesAreFoundOverDecades(long seed) {
        Random random = new Random(seed);
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        ReferenceCron cron = new ReferenceCrons(seed).make();
        if (cron.hours().size() * cron.minutes().size() * cron.seconds().size() > 20) {
            return;
        }
        Instant from = Instant.ofEpochSecond(random.nextLong(0, 6_000_000_000L));
        Window window = new Window(zone, from, from.plus(Duration.ofDays(7000)));
        Given given = new Given(cron, dst(random), window);
        Schedule schedule = compiled(given);
        if (schedule == null) {
            return;
        }

        assertThat(forwards(schedule, window))
                .as("%s", given)
                .isEqualTo(List.copyOf(given.planned()));
    }

    /**
     * Once a year, within hours of a change of clocks, asked from near and far: where the walk both
     * jumps over years and has to look closely at a seam.
     */
    @Seeded(tries = 1500)
    void aYearlyTimeNearAChangeOfClocksIsFound(long seed) {
        Random random = new Random(seed);
        ZoneId zone = ZoneId.of(ZONES.get(2 + random.nextInt(ZONES.size() - 2)));
        Instant start = Instant.ofEpochSecond(random.nextLong(100_000_000, 2_100_000_000L));
        ZoneOffsetTransition transition = zone.getRules().nextTransition(start);
        if (transition == null) {
            transition = zone.getRules().previousTransition(start);
        }
        Instant change = transition.getInstant();
        LocalDateTime local =
                LocalDateTime.ofInstant(
                        change.plus(Duration.ofMinutes(random.nextInt(-1200, 1200))),
                        random.nextBoolean()
                                ? transition.getOffsetBefore()
                                : transition.getOffsetAfter());
        boolean wildcard = random.nextInt(3) == 0;
        String text =
                String.join(
                        " ",
                        Integer.toString(local.getMinute()),
                        wildcard ? "*/6" : Integer.toString(local.getHour()),
                        Integer.toString(local.getDayOfMonth()),
                        Integer.toString(local.getMonthValue()),
                        "*");
        ReferenceCron cron =
                new ReferenceCron(
                        text,
                        Set.of(0),
                        Set.of(local.getMinute()),
                        wildcard ? Set.of(0, 6, 12, 18) : Set.of(local.getHour()),
                        wildcard,
                        date ->
                                date.getMonth() == local.getMonth()
                                        && date.getDayOfMonth() == local.getDayOfMonth());
        Duration years = Duration.ofDays(1100);
        Given given =
                new Given(
                        cron,
                        dst(random),
                        new Window(zone, change.minus(years), change.plus(years)));
        Schedule schedule = compiled(given);
        if (schedule == null) {
            return;
        }
        NavigableSet<Instant> planned = given.planned();

        for (int i = 0; i < 40; i++) {
            int span = i % 2 == 0 ? 4 * 3600 : 700 * 86_400;
            Instant asked = change.plusSeconds(random.nextInt(-span, span));
            Instant later = planned.higher(asked);
            Instant earlier = planned.lower(asked);
            if (later != null) {
                assertThat(schedule.next(asked)).as("%s after %s", given, asked).isEqualTo(later);
            }
            if (earlier != null) {
                assertThat(schedule.previous(asked))
                        .as("%s before %s", given, asked)
                        .isEqualTo(earlier);
            }
        }
    }

    private static Given given(Random random, long seed) {
        ReferenceCron cron = new ReferenceCrons(seed).make();
        boolean dense = cron.seconds().size() * cron.minutes().size() * cron.hours().size() > 200;
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        Instant middle = Instant.ofEpochSecond(random.nextLong(0, 7_289_000_000L));
        ZoneOffsetTransition transition = zone.getRules().nextTransition(middle);
        if (transition != null && random.nextInt(5) > 0) {
            middle = transition.getInstant();
        }
        Duration half = dense ? Duration.ofHours(40) : Duration.ofDays(50);
        Window window = new Window(zone, middle.minus(half), middle.plus(half));
        return new Given(cron, dst(random), window);
    }

    private static ScheduleSpec.Dst dst(Random random) {
        List<ScheduleSpec.Dst.Gap> gaps = List.of(ScheduleSpec.Dst.Gap.values());
        List<ScheduleSpec.Dst.Overlap> overlaps = List.of(ScheduleSpec.Dst.Overlap.values());
        return new ScheduleSpec.Dst(
                gaps.get(random.nextInt(gaps.size())),
                overlaps.get(random.nextInt(overlaps.size())));
    }

    private static @Nullable Schedule compiled(Given given) {
        try {
            return given.schedule();
        } catch (InvalidScheduleException e) {
            assertThat(e.neverFires()).as("%s: %s", given, e.getMessage()).isTrue();
            return null;
        }
    }

    private static List<Instant> forwards(Schedule schedule, Window window) {
        List<Instant> result = new ArrayList<>();
        Instant planned = schedule.next(window.from().minusNanos(1));
        while (planned != null && planned.isBefore(window.to())) {
            result.add(planned);
            planned = schedule.next(planned);
        }
        return result;
    }

    private static List<Instant> backwards(Schedule schedule, Window window) {
        List<Instant> result = new ArrayList<>();
        Instant planned = schedule.previous(window.to());
        while (planned != null && !planned.isBefore(window.from())) {
            result.add(planned);
            planned = schedule.previous(planned);
        }
        return result;
    }
}
