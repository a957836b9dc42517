package io.carillon.execution;

import static io.carillon.execution.OverlapDecision.Start.IN_TURN;
import static io.carillon.execution.OverlapDecision.Start.NEVER;
import static io.carillon.execution.OverlapDecision.Start.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.OverlapDecision.Start;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Property
    void unlessOverlapIsAllowedAtMostOneStartsAndOnlyWhereNothingIs(
            @ForAll Overlap policy,
            @ForAll @IntRange(max = 3) int running,
            @ForAll @IntRange(max = 3) int waiting,
            @ForAll @IntRange(max = 3) int blocked,
            @ForAll @IntRange(max = 20) int count) {
        var standing = new Standing(running, waiting, blocked);

        var starts = OverlapDecision.decide(policy, standing, Math.max(1, count)).starts();

        assertThat(starts).hasSize(Math.max(1, count));
        int now = Collections.frequency(starts, NOW);
        if (policy == Overlap.ALLOW) {
            assertThat(starts).containsOnly(NOW);
        } else if (policy == Overlap.CANCEL_RUNNING) {
            // Those that do not run end at once.
            assertThat(now).isEqualTo(running == 0 ? 1 : 0);
        } else {
            assertThat(now).isEqualTo(standing.isNone() ? 1 : 0);
        }
    }

    @Property
    void aBatchIsDecidedAsOneAfterTheOther(
            @ForAll Overlap policy,
            @ForAll @IntRange(max = 2) int running,
            @ForAll @IntRange(max = 2) int blocked,
            @ForAll @IntRange(min = 1, max = 10) int count) {
        if (policy == Overlap.CANCEL_RUNNING) {
            return;
        }
        var standing = new Standing(running, 0, blocked);
        var one = new java.util.ArrayList<Start>();
        for (int index = 0; index < count; index++) {
            var start = OverlapDecision.decide(policy, standing, 1).starts().getFirst();
            one.add(start);
            standing =
                    new Standing(
                            standing.running(),
                            standing.waiting() + (start == NOW ? 1 : 0),
                            standing.blocked() + (start == IN_TURN ? 1 : 0));
        }

        var together = OverlapDecision.decide(policy, new Standing(running, 0, blocked), count);

        assertThat(together.starts()).isEqualTo(one);
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
