package io.carillon.outgoing.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostPacesTest {
    private final HostPaces paces = new HostPaces();

    /** Calls of ten seconds at two places: one more every five seconds. */
    @Test
    void thoseWhoWaitComeBackOneAfterTheOther() {
        IntStream.range(0, 100).forEach(_ -> paces.ended("shop", Duration.ofSeconds(10)));

        assertThat(IntStream.range(0, 3).mapToObj(_ -> paces.untilTurn("shop", 2).toMillis()))
                .satisfiesExactly(
                        first -> assertThat(first).isBetween(4_500L, 5_000L),
                        second -> assertThat(second).isBetween(9_000L, 10_000L),
                        third -> assertThat(third).isBetween(13_500L, 15_000L));
        assertThat(paces.untilTurn("other", 2)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void nobodyWaitsForLong() {
        IntStream.range(0, 100).forEach(_ -> paces.ended("shop", Duration.ofMinutes(10)));

        assertThat(IntStream.range(0, 50).mapToObj(_ -> paces.untilTurn("shop", 1)))
                .allMatch(delay -> delay.compareTo(Duration.ofSeconds(30)) <= 0)
                .allMatch(delay -> delay.compareTo(Duration.ofSeconds(15)) >= 0);
    }
}
