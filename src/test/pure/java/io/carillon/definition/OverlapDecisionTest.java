package io.carillon.definition;

import static io.carillon.execution.OverlapDecision.Start.IN_TURN;
import static io.carillon.execution.OverlapDecision.Start.NEVER;
import static io.carillon.execution.OverlapDecision.Start.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.OverlapDecision;
import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.OverlapDecision.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class OverlapDecisionTest {

    @ParameterizedTest(name = "{0} with {1} running, {2} waiting, {3} blocked: {4}")
    @CsvSource({
        "ALLOW,          0, 0, 0, NOW NOW NOW",
        "ALLOW,          1, 1, 0, NOW NOW NOW",
        "SKIP,           0, 0, 0, NOW NEVER NEVER",
        "SKIP,           1, 0, 0, NEVER NEVER NEVER",
        "SKIP,           0, 1, 0, NEVER NEVER NEVER",
        "SKIP,           0, 0, 1, NEVER NEVER NEVER",
        "QUEUE_ONE,      0, 0, 0, NOW IN_TURN NEVER",
        "QUEUE_ONE,      1, 0, 0, IN_TURN NEVER NEVER",
        "QUEUE_ONE,      0, 1, 0, IN_TURN NEVER NEVER",
        "QUEUE_ONE,      1, 0, 1, NEVER NEVER NEVER",
        "QUEUE_ALL,      0, 0, 0, NOW IN_TURN IN_TURN",
        "QUEUE_ALL,      1, 0, 0, IN_TURN IN_TURN IN_TURN",
        "QUEUE_ALL,      1, 0, 7, IN_TURN IN_TURN IN_TURN",
        "CANCEL_RUNNING, 0, 0, 0, NEVER NEVER NOW",
        "CANCEL_RUNNING, 1, 0, 0, NEVER NEVER IN_TURN",
        "CANCEL_RUNNING, 0, 1, 1, NEVER NEVER NOW"
    })
    void threeNewOnesStartAsThePolicySays(
            Overlap policy, int running, int waiting, int blocked, String starts) {
        var standing = new Standing(running, waiting, blocked);

        var decision = OverlapDecision.decide(policy, standing, 3);

        assertThat(decision.starts())
                .containsExactlyElementsOf(
                        Arrays.stream(starts.split(" ")).map(Start::valueOf).toList());
    }

    @Test
    void onlyCancelRunningCancelsAndOnlyWhatIsThere() {
        var standing = new Standing(1, 0, 0);

        for (var policy : Overlap.values()) {
            assertThat(OverlapDecision.decide(policy, standing, 1).cancelsOthers())
                    .as(policy.name())
                    .isEqualTo(policy == Overlap.CANCEL_RUNNING);
            assertThat(OverlapDecision.decide(policy, Standing.NONE, 1).cancelsOthers()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Overlap.class)
    void unlessOverlapIsAllowedAtMostOneStartsAndOnlyWhereNothingIs(Overlap policy) {
        for (var standing : standings(3, 3, 3)) {
            for (int count = 1; count <= 20; count++) {
                var starts = OverlapDecision.decide(policy, standing, count).starts();

                assertThat(starts).as("%s of %s", count, standing).hasSize(count);
                int now = Collections.frequency(starts, NOW);
                if (policy == Overlap.ALLOW) {
                    assertThat(starts).as("%s", standing).containsOnly(NOW);
                } else if (policy == Overlap.CANCEL_RUNNING) {
                    // Those that do not run end at once.
                    assertThat(now).as("%s", standing).isEqualTo(standing.running() == 0 ? 1 : 0);
                } else {
                    assertThat(now).as("%s", standing).isEqualTo(standing.isNone() ? 1 : 0);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Overlap.class, mode = Mode.EXCLUDE, names = "CANCEL_RUNNING")
    void aBatchIsDecidedAsOneAfterTheOther(Overlap policy) {
        for (var first : standings(2, 0, 2)) {
            var standing = first;
            var one = new ArrayList<Start>();
            for (int count = 1; count <= 10; count++) {
                var start = OverlapDecision.decide(policy, standing, 1).starts().getFirst();
                one.add(start);
                standing =
                        new Standing(
                                standing.running(),
                                standing.waiting() + (start == NOW ? 1 : 0),
                                standing.blocked() + (start == IN_TURN ? 1 : 0));

                var together = OverlapDecision.decide(policy, first, count);

                assertThat(together.starts()).as("%s of %s", count, first).isEqualTo(one);
            }
        }
    }

    /** All there are with at most so many of each. */
    private static List<Standing> standings(int mostRunning, int mostWaiting, int mostBlocked) {
        var standings = new ArrayList<Standing>();
        for (int running = 0; running <= mostRunning; running++) {
            for (int waiting = 0; waiting <= mostWaiting; waiting++) {
                for (int blocked = 0; blocked <= mostBlocked; blocked++) {
                    standings.add(new Standing(running, waiting, blocked));
                }
            }
        }
        return standings;
    }

    @Test
    void noNewOneIsNoDecision() {
        for (var policy : List.of(Overlap.ALLOW, Overlap.SKIP, Overlap.QUEUE_ALL)) {
            assertThat(OverlapDecision.decide(policy, new Standing(1, 0, 0), 0).starts())
                    .doesNotContain(NEVER)
                    .isEmpty();
        }
    }
}
