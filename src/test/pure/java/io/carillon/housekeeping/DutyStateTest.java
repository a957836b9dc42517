package io.carillon.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DutyStateTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final Duration LONG_UP = Duration.ofDays(1);

    @Test
    void whatWasNotDoneForTwoPeriodsAndAMinuteIsOverdue() {
        assertThat(doneBefore(Duration.ofMinutes(21)).isOverdue(PERIOD, NOW, LONG_UP)).isFalse();
        assertThat(doneBefore(Duration.ofSeconds(1261)).isOverdue(PERIOD, NOW, LONG_UP)).isTrue();
    }

    @Test
    void whatWasNeverDoneIsOverdueSinceItIsKnown() {
        var known = NOW.minus(Duration.ofHours(2));

        assertThat(new DutyState(known, null, null, null).isOverdue(PERIOD, NOW, LONG_UP)).isTrue();
        assertThat(new DutyState(NOW, null, null, null).isOverdue(PERIOD, NOW, LONG_UP)).isFalse();
    }

    @Test
    void aReplicaThatHasJustStartedFirstLetsItBeMadeUpFor() {
        var state = doneBefore(Duration.ofDays(3));

        assertThat(state.isOverdue(PERIOD, NOW, Duration.ofSeconds(59))).isFalse();
        assertThat(state.isOverdue(PERIOD, NOW, Duration.ofSeconds(61))).isTrue();
    }

    @Test
    void whatWasDoneAfterTheEstimateOfNowIsOfNoAge() {
        assertThat(doneBefore(Duration.ofSeconds(-1)).age(NOW)).isEqualTo(Duration.ZERO);
    }

    private static DutyState doneBefore(Duration age) {
        return new DutyState(Instant.EPOCH, NOW.minus(age), null, "host:1");
    }
}
