package io.carillon.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.queue.QueueSample.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueSampleTest {
    private static final Instant AT = Instant.parse("2026-11-24T09:00:00Z");
    private static final QueueKey A = new QueueKey("default", "a");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void whatCameInIsWhatEndedAndWhatIsThereInAddition() {
        var sample =
                new QueueSample(
                        AT,
                        Map.of(A, new Held(Map.of("QUEUED", 500L, "RUNNING", 10L), AT)),
                        Map.of(A, 210L),
                        Map.of(A, 600L),
                        MINUTE);

        var statistics = sample.of(A, AT.plusSeconds(2));

        assertThat(statistics.outPerSecond()).isEqualTo(10);
        assertThat(statistics.inPerSecond()).isEqualTo(15);
        assertThat(statistics.oldestAge()).isEqualTo(Duration.ofSeconds(2));
        assertThat(statistics.sampleAge()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aQueueThatEmptiedByCancellationTookNothingIn() {
        var sample = new QueueSample(AT, Map.of(), Map.of(A, 1000L), Map.of(A, 60L), MINUTE);

        assertThat(sample.of(A, AT).inPerSecond()).isZero();
        assertThat(sample.of(A, AT).outPerSecond()).isEqualTo(1);
        assertThat(sample.of(A, AT).byState()).isEmpty();
        assertThat(sample.of(A, AT).oldestAge()).isNull();
    }

    @Test
    void thereAreNoRatesBeforeTheSecondCount() {
        var sample = new QueueSample(AT, Map.of(), null, Map.of(), Duration.ZERO);

        assertThat(sample.of(A, AT).inPerSecond()).isNull();
        assertThat(sample.of(A, AT).outPerSecond()).isNull();
    }
}
