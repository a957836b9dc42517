package io.carillon.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.carillon.database.UuidV7;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TracesSampleTest {
    private static final List<UUID> IDS =
            IntStream.range(0, 20_000).mapToObj(millis -> UuidV7.at(millis)).toList();

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void allAreTracedOrNone() {
        assertThat(IDS).allMatch(traces(1)::isTraced).noneMatch(traces(0)::isTraced);
    }

    @Test
    void aPartIsAsLargeAsItsRatio() {
        long traced = IDS.stream().filter(traces(0.25)::isTraced).count();

        // Ten times the standard deviation, which is 61.
        assertThat(traced).isCloseTo(5_000, within(600L));
    }

    @Test
    void aGreaterPartHoldsTheSmallerOne() {
        var greater = traces(0.5);

        assertThat(IDS.stream().filter(traces(0.1)::isTraced))
                .isNotEmpty()
                .allMatch(greater::isTraced);
    }

    @Test
    void theTargetIsToldWhetherItIsTraced() {
        var traces = traces(0.5);

        assertThat(IDS).allMatch(id -> traces.parent(id, 1).isSampled() == traces.isTraced(id));
    }

    @Test
    void whatFindsNoRoomIsDroppedAndCounted() {
        var traces = traces(1);

        IDS.forEach(traces::ended);
        traces.ended(UuidV7.at(0));
        traces.ended(UuidV7.at(0));

        assertThat(traces.takeEnded(IDS.size() + 2)).hasSize(Traces.MAX_QUEUED);
        assertThat(registry.get("carillon.traces.spans").tag("result", "dropped").counter().count())
                .isEqualTo(2.0);
    }

    private Traces traces(double ratio) {
        return new Traces(
                new FixedConfig(Optional.of("http://localhost:4318"), ratio),
                new SmallRyeConfigBuilder().build(),
                new TraceMetrics(registry));
    }

    private record FixedConfig(Optional<String> endpoint, double ratio) implements TraceConfig {
        @Override
        public Optional<String> headers() {
            return Optional.empty();
        }

        @Override
        public Optional<String> link() {
            return Optional.empty();
        }
    }
}
