package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.carillon.definition.MisfirePolicy;
import io.carillon.execution.SkipReason;
import io.carillon.firing.CatchUp.Decision;
import io.carillon.firing.CatchUp.Policy;
import io.carillon.firing.CatchUp.Skipped;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-11-22T00:00:00Z");
    private static final Duration THRESHOLD = Duration.ofSeconds(60);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Schedule HOURLY = ScheduleSpec.cron("0 * * * *").compile(MIDNIGHT, "seed");
    private static final Schedule SECONDLY =
            ScheduleSpec.cron("* * * * * *").compile(MIDNIGHT, "seed");

    @Test
    void aPunctualInstantIsExecutedAndTheNextIsAhead() {
        var decision =
                CatchUp.decide(HOURLY, at(9), at(9).plusMillis(3), policy(MisfirePolicy.SKIP));

        assertThat(decision).isEqualTo(new Decision(List.of(at(9)), List.of(), at(10)));
    }

    @Test
    void instantsWithinTheThresholdAreAllExecutedWhateverThePolicy() {
        var now = at(9).plusSeconds(3);

        var decision = CatchUp.decide(SECONDLY, at(9), now, policy(MisfirePolicy.SKIP));

        assertThat(decision.execute())
                .containsExactly(at(9), at(9).plusSeconds(1), at(9).plusSeconds(2), now);
        assertThat(decision.skipped()).isEmpty();
        assertThat(decision.next()).isEqualTo(now.plusSeconds(1));
    }

    @Test
    void anInstantIsMissedOnceItIsLaterThanTheThreshold() {
        var policy = policy(MisfirePolicy.SKIP);
        var latest = at(9).plus(THRESHOLD);

        assertThat(CatchUp.decide(HOURLY, at(9), latest, policy).execute()).containsExactly(at(9));
        assertThat(CatchUp.decide(HOURLY, at(9), latest.plusMillis(1), policy).execute()).isEmpty();
    }

    @Test
    void skipExecutesNoneOfTheMisfiredAndCountsThem() {
        var decision =
                CatchUp.decide(HOURLY, at(1), at(9).plusSeconds(1), policy(MisfirePolicy.SKIP));

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                List.of(),
                                List.of(new Skipped(at(1), at(9), 9, SkipReason.MISFIRE)),
                                at(10)));
    }

    @Test
    void fireOnceExecutesTheLatestOfTheMisfired() {
        var decision =
                CatchUp.decide(
                        HOURLY, at(1), at(9).plusSeconds(1), policy(MisfirePolicy.FIRE_ONCE));

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                List.of(at(9)),
                                List.of(new Skipped(at(1), at(8), 8, SkipReason.MISFIRE)),
                                at(10)));
    }

    @Test
    void fireOnceExecutesASingleMisfiredInstantAndSkipsNothing() {
        var decision =
                CatchUp.decide(
                        HOURLY, at(9), at(9).plusSeconds(61), policy(MisfirePolicy.FIRE_ONCE));

        assertThat(decision).isEqualTo(new Decision(List.of(at(9)), List.of(), at(10)));
    }

    @Test
    void fireOnceExecutesNothingThatIsOlderThanTheWindow() {
        var window = new Policy(MisfirePolicy.FIRE_ONCE, Duration.ofMinutes(10), 100, THRESHOLD);

        var decision = CatchUp.decide(HOURLY, at(1), at(9).plusSeconds(601), window);

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                List.of(),
                                List.of(new Skipped(at(1), at(9), 9, SkipReason.CATCH_UP_WINDOW)),
                                at(10)));
    }

    @Test
    void fireAllExecutesTheLatestUpToTheLimitWithinTheWindow() {
        var bounded = new Policy(MisfirePolicy.FIRE_ALL, Duration.ofHours(5), 3, THRESHOLD);

        var decision = CatchUp.decide(HOURLY, at(1), at(9).plusSeconds(1), bounded);

        assertThat(decision)
                .isEqualTo(
                        new Decision(
                                List.of(at(7), at(8), at(9)),
                                List.of(
                                        new Skipped(at(1), at(4), 4, SkipReason.CATCH_UP_WINDOW),
                                        new Skipped(at(5), at(6), 2, SkipReason.CATCH_UP_LIMIT)),
                                at(10)));
    }

    @Test
    void aNightOfASecondlyJobIsOneCoalescedRangeAndOneExecution() {
        var decision = CatchUp.decide(SECONDLY, at(1), at(9), policy(MisfirePolicy.FIRE_ONCE));

        assertThat(decision.execute()).containsExactly(at(9));
        assertThat(decision.skipped())
                .containsExactly(
                        new Skipped(at(1), at(9).minusSeconds(1), 8 * 3600, SkipReason.MISFIRE));
    }

    @Test
    void whereACalendarExcludesAnOutageOfMoreThanAMillionIsSeveralRangesWithoutAGap() {
        var now = MIDNIGHT.plusSeconds(2_500_000);
        var spec =
                new ScheduleSpec(
                        "* * * * * *",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of("none"),
                        null,
                        null);
        var excluding = spec.compile(MIDNIGHT, "seed", Map.of("none", instant -> null));

        var decision = CatchUp.skipAll(excluding, MIDNIGHT, now, SkipReason.PAUSED);

        assertThat(decision.skipped()).hasSize(3);
        var expectedFirst = MIDNIGHT;
        for (var range : decision.skipped()) {
            assertThat(range.first()).isEqualTo(expectedFirst);
            assertThat(range.last()).isEqualTo(range.first().plusSeconds(range.count() - 1));
            expectedFirst = range.last().plusSeconds(1);
        }
        assertThat(expectedFirst).isEqualTo(now.plusSeconds(1)).isEqualTo(decision.next());
    }

    @Test
    void decadesThatMustBeCountedOneByOneAreCountedAPartAtATime() {
        var everySecond =
                new ScheduleSpec(
                        null,
                        Duration.ofSeconds(1),
                        null,
                        null,
                        Instant.EPOCH,
                        null,
                        null,
                        List.of("none"),
                        null,
                        null);
        var excluding = everySecond.compile(MIDNIGHT, "seed", Map.of("none", instant -> null));
        var due = Instant.EPOCH;

        for (var misfire : MisfirePolicy.values()) {
            var decision =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(10),
                            () -> CatchUp.decide(excluding, due, MIDNIGHT, policy(misfire)));

            assertThat(decision.execute()).as("the oldest come first").isEmpty();
            assertThat(decision.skipped()).hasSize(1);
            var part = decision.skipped().getFirst();
            assertThat(part.first()).isEqualTo(due);
            assertThat(part.last()).isEqualTo(due.plusSeconds(part.count() - 1));
            assertThat(decision.next()).isEqualTo(part.last().plusSeconds(1));
        }
    }

    @Test
    void aLargeCatchUpGoesOnWhereItsBatchEnded() {
        var all = new Policy(MisfirePolicy.FIRE_ALL, DAY, 10_000, THRESHOLD);
        var now = at(2);

        var first = CatchUp.decide(SECONDLY, at(1), now, all);

        assertThat(first.execute()).hasSize(CatchUp.MAX_BATCH).startsWith(at(1));
        assertThat(first.next()).isEqualTo(at(1).plusSeconds(CatchUp.MAX_BATCH));
    }

    @Test
    void aLastInstantLeavesNoNext() {
        var once =
                new ScheduleSpec(null, null, at(9), null, null, null, null)
                        .compile(MIDNIGHT, "seed");

        var decision = CatchUp.decide(once, at(9), at(20), policy(MisfirePolicy.FIRE_ONCE));

        assertThat(decision).isEqualTo(new Decision(List.of(at(9)), List.of(), null));
    }

    @Test
    void anOutageOfYearsIsOneRangeCountedAtOnce() {
        var now = at(0).plus(Duration.ofDays(3650));

        var decision =
                assertTimeout(
                        Duration.ofSeconds(1),
                        () -> CatchUp.decide(SECONDLY, at(0), now, policy(MisfirePolicy.SKIP)));

        assertThat(decision.skipped())
                .containsExactly(new Skipped(at(0), now, 3650L * 86_400 + 1, SkipReason.MISFIRE));
    }

    @Test
    void anOutageOfYearsWithJitterIsCountedAtOnceAsWell() {
        var jittered =
                new ScheduleSpec(
                                "* * * * * *",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                Duration.ofMillis(500),
                                null)
                        .compile(MIDNIGHT, "seed");
        var now = at(0).plus(Duration.ofDays(3650));

        var decision =
                assertTimeout(
                        Duration.ofSeconds(1),
                        () -> CatchUp.decide(jittered, at(0), now, policy(MisfirePolicy.SKIP)));

        assertThat(decision.skipped()).hasSize(1);
        assertThat(decision.skipped().getFirst().count()).isEqualTo(3650L * 86_400);
    }

    private static Instant at(int hour) {
        return MIDNIGHT.plus(Duration.ofHours(hour));
    }

    private static Policy policy(MisfirePolicy misfire) {
        return new Policy(misfire, DAY, 100, THRESHOLD);
    }
}
