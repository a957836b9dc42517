package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.schedule.Exclusion.Excluded;
import io.carillon.support.Seeded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Exclusions, jitter and a number of runs, on every kind of schedule. */
class RefinedScheduleTest {
    private static final Instant ANCHOR = Schedules.ANCHOR;
    private static final Duration SPAN = Duration.ofDays(60);

    /** Excludes a list of stretches. */
    private record Stretches(List<Excluded> stretches) implements Exclusion {
        static Stretches of(String from, String to) {
            return new Stretches(
                    List.of(
                            new Excluded(
                                    Instant.parse(from), Instant.parse(to), "closed", "a day")));
        }

        @Override
        public @Nullable Excluded at(Instant instant) {
            for (Excluded stretch : stretches) {
                if (!instant.isBefore(stretch.from()) && instant.isBefore(stretch.to())) {
                    return stretch;
                }
            }
            return null;
        }
    }

    /** A schedule as random as it gets, and its rule alone. */
    private record Given(Schedule rule, Schedule refined, Stretches closed, Spec spec) {}

    private record Spec(
            @Nullable String cron,
            @Nullable Duration every,
            @Nullable Instant at,
            @Nullable Instant startAt,
            @Nullable Instant endAt) {

        ScheduleSpec plain() {
            return refined(null, null, null);
        }

        ScheduleSpec refined(
                @Nullable List<String> exclude,
                @Nullable Duration jitter,
                @Nullable Integer maxRuns) {
            return new ScheduleSpec(
                    cron,
                    every,
                    at,
                    "Europe/Paris",
                    startAt,
                    endAt,
                    null,
                    exclude,
                    jitter,
                    maxRuns);
        }
    }

    @Seeded(tries = 400)
    void eachInstantThatIsNotExcludedIsPlannedOnceBeforeTheRulesNext(long seed) {
        Random random = new Random(seed);
        Duration jitter = Duration.ofMillis(random.nextLong(1, 100_000_000));
        Given given = given(random, jitter, null);
        if (given == null) {
            return;
        }
        List<Instant> planned = page(given.refined(), ANCHOR, ANCHOR.plus(SPAN));
        List<Instant> kept =
                page(given.rule(), ANCHOR.minus(jitter), ANCHOR.plus(SPAN)).stream()
                        .filter(instant -> given.closed().at(instant) == null)
                        .toList();

        assertThat(planned).isSorted().doesNotHaveDuplicates();
        Set<Instant> origins = new HashSet<>();
        for (Instant instant : planned) {
            Instant origin = given.rule().previous(instant.plusMillis(1));
            assertThat(origin).as("%s", instant).isNotNull().isAfter(instant.minus(jitter));
            assertThat(given.closed().at(instant)).as("%s", instant).isNull();
            assertThat(origins.add(origin)).as("%s from %s", instant, origin).isTrue();
        }
        for (Instant instant : kept) {
            boolean inside =
                    instant.isAfter(ANCHOR) && instant.isBefore(ANCHOR.plus(SPAN).minus(jitter));
            assertThat(!inside || origins.contains(instant)).as("%s", instant).isTrue();
        }
        Instant endAt = given.spec().endAt();
        assertThat(endAt == null || planned.stream().noneMatch(instant -> instant.isAfter(endAt)))
                .isTrue();
    }

    @Seeded(tries = 400)
    void nextPreviousAndCountAgree(long seed) {
        Random random = new Random(seed);
        Duration jitter =
                random.nextBoolean() ? Duration.ofMillis(random.nextLong(1, 100_000_000)) : null;
        Integer maxRuns = random.nextBoolean() ? random.nextInt(1, 300) : null;
        Given given = given(random, jitter, maxRuns);
        if (given == null) {
            return;
        }
        Schedule schedule = given.refined();
        Instant end = ANCHOR.plus(SPAN);
        Instant start = ANCHOR.minus(Duration.ofDays(30));
        List<Instant> planned = page(schedule, start.minusNanos(1), end);
        List<Instant> backwards = new ArrayList<>();
        for (Instant instant = schedule.previous(end);
                instant != null && !instant.isBefore(start);
                instant = schedule.previous(instant)) {
            backwards.add(instant);
        }
        Collections.reverse(backwards);

        assertThat(backwards).isEqualTo(planned);
        assertThat(schedule.count(start, end, 1_000_000)).isEqualTo(planned.size());
        for (int i = 0; i < 20 && !planned.isEmpty(); i++) {
            Instant asked = ANCHOR.plusMillis(random.nextLong(SPAN.toMillis()));
            Instant next =
                    planned.stream().filter(it -> it.isAfter(asked)).findFirst().orElse(null);
            Instant found = schedule.next(asked);
            assertThat(found == null || !found.isBefore(end) ? null : found).isEqualTo(next);
            Instant previous =
                    planned.stream()
                            .filter(it -> it.isBefore(asked))
                            .reduce((a, b) -> b)
                            .orElse(null);
            assertThat(schedule.previous(asked)).isEqualTo(previous);
        }
    }

    @Seeded(tries = 300)
    void theLastRunIsTheSameHoweverOneComesToIt(long seed) {
        Random random = new Random(seed);
        int maxRuns = random.nextInt(1, 200);
        Given unbounded = given(new Random(seed), Duration.ofSeconds(40), null);
        Given bounded = given(new Random(seed), Duration.ofSeconds(40), maxRuns);
        if (unbounded == null || bounded == null) {
            return;
        }
        Instant start = bounded.spec().startAt() == null ? ANCHOR : bounded.spec().startAt();
        List<Instant> all =
                Schedules.page(unbounded.refined(), start.minusMillis(40_000), maxRuns + 2).stream()
                        .filter(it -> isRunFrom(bounded, it, start))
                        .limit(maxRuns)
                        .toList();

        assertThat(Schedules.page(bounded.refined(), Instant.MIN, maxRuns + 5)).isEqualTo(all);
        if (!all.isEmpty()) {
            assertThat(bounded.refined().previous(Instant.MAX)).isEqualTo(all.getLast());
            assertThat(bounded.refined().next(all.getLast())).isNull();
        }
    }

    private static boolean isRunFrom(Given given, Instant planned, Instant start) {
        Instant origin = given.rule().previous(planned.plusMillis(1));
        return origin != null
                && (given.spec().startAt() == null && given.spec().at() == null
                        ? origin.isAfter(start)
                        : !origin.isBefore(given.spec().at() == null ? start : Instant.MIN));
    }

    /** What restarts and catch-up do: ask again from anywhere. */
    @Seeded(tries = 200)
    void pagesAddUpToOneLongPage(long seed) {
        Random random = new Random(seed);
        Given given = given(random, Duration.ofMinutes(random.nextInt(1, 3000)), 500);
        if (given == null) {
            return;
        }
        List<Instant> whole = Schedules.page(given.refined(), ANCHOR, 200);

        List<Instant> pages = new ArrayList<>();
        Instant cursor = ANCHOR;
        while (pages.size() < whole.size()) {
            // Compiled again, as by a replica that starts.
            pages.addAll(
                    Schedules.page(
                            given.refined(),
                            cursor,
                            Math.min(random.nextInt(1, 30), whole.size() - pages.size())));
            cursor = pages.getLast();
        }

        assertThat(pages).isEqualTo(whole);
    }

    @Test
    void jitterIsTheSameForEver() {
        Schedule schedule =
                new Spec("0 * * * *", null, null, null, null)
                        .refined(null, Duration.ofMinutes(10), null)
                        .compile(ANCHOR, "job-1");

        // Written down, not computed: a change would move the jobs of everybody who uses jitter.
        assertThat(Schedules.page(schedule, ANCHOR.plusSeconds(600), 3))
                .isEqualTo(
                        Schedules.instants(
                                "2026-01-01T01:09:19.809Z",
                                "2026-01-01T02:07:13.927Z",
                                "2026-01-01T03:02:07.427Z"));
    }

    @Test
    void jitterSpreadsJobsEvenly() {
        int[] inMinute = new int[10];
        for (int job = 0; job < 2000; job++) {
            Schedule schedule =
                    new Spec("0 0 * * *", null, null, null, null)
                            .refined(null, Duration.ofMinutes(10), null)
                            .compile(ANCHOR, "job-" + job);
            Instant first = schedule.next(ANCHOR.plusSeconds(3600));
            assertThat(first).isNotNull();
            inMinute[
                    (int)
                            (Duration.between(ANCHOR.plus(Duration.ofHours(23)), first)
                                    .toMinutes())]++;
        }

        assertThat(java.util.stream.IntStream.of(inMinute))
                .allMatch(jobs -> jobs > 140 && jobs < 260);
    }

    @Test
    void anExcludedInstantDoesNotCountAsARun() {
        Schedule schedule =
                new Spec("0 12 * * *", null, null, null, null)
                        .refined(List.of("closed"), null, 3)
                        .compile(
                                ANCHOR,
                                "seed",
                                Map.of(
                                        "closed",
                                        Stretches.of(
                                                "2026-01-02T00:00:00Z", "2026-01-04T00:00:00Z")));

        assertThat(Schedules.page(schedule, Instant.MIN, 9))
                .isEqualTo(
                        Schedules.instants(
                                "2026-01-01T11:00:00Z",
                                "2026-01-04T11:00:00Z",
                                "2026-01-05T11:00:00Z"));
    }

    @Test
    void anExcludedInstantSaysWhatExcludesIt() {
        Schedule schedule =
                new Spec("0 12 * * *", null, null, null, null)
                        .refined(List.of("closed"), Duration.ofHours(1), null)
                        .compile(
                                ANCHOR,
                                "seed",
                                Map.of(
                                        "closed",
                                        Stretches.of(
                                                "2026-01-02T00:00:00Z", "2026-01-04T00:00:00Z")));

        Excluded excluded =
                Objects.requireNonNull(schedule.exclusionOf(Instant.parse("2026-01-02T11:00:00Z")));

        assertThat(excluded.calendar()).isEqualTo("closed");
        assertThat(excluded.entry()).isEqualTo("a day");
        assertThat(schedule.exclusionOf(Instant.parse("2026-01-02T11:30:00Z"))).isNull();
        assertThat(schedule.exclusionOf(Instant.parse("2026-01-05T11:00:00Z"))).isNull();
    }

    @Test
    void theSentenceSaysAllOfIt() {
        Schedule schedule =
                new Spec("0 12 * * *", null, null, null, null)
                        .refined(List.of("closed"), Duration.ofMinutes(5), 10)
                        .compile(
                                ANCHOR,
                                "seed",
                                Map.of(
                                        "closed",
                                        Stretches.of(
                                                "2026-01-02T00:00:00Z", "2026-01-04T00:00:00Z")));

        assertThat(schedule.description())
                .isEqualTo(
                        "at 12:00 every day, Europe/Paris time, except as closed says, each up to 5"
                                + " minutes later, 10 times in all");
    }

    @Test
    void exclusionsAreWarnedOf() {
        Schedule schedule =
                new Spec("0 12 * * *", null, null, null, null)
                        .refined(List.of("closed"), null, null)
                        .compile(
                                ANCHOR,
                                "seed",
                                Map.of(
                                        "closed",
                                        Stretches.of(
                                                "2026-01-02T00:00:00Z", "2026-01-04T00:00:00Z")));

        assertThat(schedule.warnings(ANCHOR))
                .contains(
                        new ScheduleWarning(
                                "EXCLUDED",
                                "calendars exclude 2 of the next 366 instants, the first"
                                        + " 2026-01-02T11:00:00Z by closed (a day)"));
    }

    @Test
    void jitterAnswersTheWarningOfAHerd() {
        Schedule herd = new Spec("@hourly", null, null, null, null).plain().compile(ANCHOR, "seed");
        Schedule spread =
                new Spec("@hourly", null, null, null, null)
                        .refined(null, Duration.ofMinutes(5), null)
                        .compile(ANCHOR, "seed");

        assertThat(herd.warnings(ANCHOR)).extracting(ScheduleWarning::code).contains("HERD");
        assertThat(spread.warnings(ANCHOR)).isEmpty();
    }

    @Test
    void whatExcludesEveryInstantIsFoundOutSoon() {
        // Second by second, the worst case: no stretch is longer than the distance of two instants.
        Exclusion always = instant -> new Excluded(instant, instant.plusMillis(1), "all", "always");
        ScheduleSpec spec =
                new Spec("* * * * * *", null, null, null, null).refined(List.of("all"), null, null);

        assertThatThrownBy(() -> spec.compile(ANCHOR, "seed", Map.of("all", always)))
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        invalid -> {
                            assertThat(invalid.neverFires()).isTrue();
                            assertThat(invalid.field()).isEqualTo("exclude");
                        });
    }

    @Test
    void anUnknownCalendarIsNamed() {
        refused(
                new Spec("* * * * *", null, null, null, null)
                        .refined(List.of("nowhere"), null, null),
                "exclude[0]",
                "there is no calendar \"nowhere\"");
    }

    @Test
    void jitterAndRunsHaveBounds() {
        Spec spec = new Spec("* * * * *", null, null, null, null);
        refused(spec.refined(null, Duration.ofNanos(10), null), "jitter", "at least 1ms");
        refused(spec.refined(null, Duration.ofDays(31), null), "jitter", "at most 30d");
        refused(spec.refined(null, null, 0), "maxRuns", "at least 1");
        refused(spec.refined(null, null, 10_001), "maxRuns", "at most 10000");
    }

    private static void refused(ScheduleSpec spec, String field, String message) {
        assertThatThrownBy(() -> spec.compile(ANCHOR, "seed"))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        InvalidScheduleException.class,
                        invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private static @Nullable Given given(
            Random random, @Nullable Duration jitter, @Nullable Integer maxRuns) {
        Spec spec = spec(random);
        List<Excluded> stretches = new ArrayList<>();
        for (int count = random.nextInt(30); count > 0; count--) {
            Instant from = ANCHOR.plusMillis(random.nextLong(SPAN.toMillis()));
            stretches.add(
                    new Excluded(
                            from,
                            from.plusMillis(random.nextLong(1, 200_000_000)),
                            "closed",
                            "number " + count));
        }
        Stretches closed = new Stretches(List.copyOf(stretches));
        try {
            return new Given(
                    spec.plain().compile(ANCHOR, "seed"),
                    spec.refined(List.of("closed"), jitter, maxRuns)
                            .compile(ANCHOR, "seed", Map.of("closed", closed)),
                    closed,
                    spec);
        } catch (InvalidScheduleException never) {
            assertThat(never.neverFires()).isTrue();
            return null;
        }
    }

    private static Spec spec(Random random) {
        Instant startAt =
                random.nextBoolean() ? ANCHOR.plusMillis(random.nextLong(1_000_000_000)) : null;
        Instant endAt =
                random.nextBoolean()
                        ? ANCHOR.plusMillis(random.nextLong(1_000_000_000, SPAN.toMillis()))
                        : null;
        return switch (random.nextInt(5)) {
            case 0 ->
                    new Spec(
                            null,
                            Duration.ofMillis(random.nextLong(600_000, 100_000_000)),
                            null,
                            startAt,
                            endAt);
            case 1 ->
                    new Spec(
                            null,
                            null,
                            ANCHOR.plusMillis(random.nextLong(1, 1_000_000_000)),
                            null,
                            null);
            case 2 -> new Spec("*/20 1-3 * * *", null, null, startAt, endAt);
            case 3 -> new Spec("15 2 * * SUN,MON", null, null, startAt, endAt);
            default -> new Spec("0 */3 * * *", null, null, startAt, endAt);
        };
    }

    private static List<Instant> page(Schedule schedule, Instant after, Instant before) {
        List<Instant> result = new ArrayList<>();
        Instant planned = schedule.next(after);
        while (planned != null && planned.isBefore(before)) {
            result.add(planned);
            planned = schedule.next(planned);
        }
        return result;
    }
}
