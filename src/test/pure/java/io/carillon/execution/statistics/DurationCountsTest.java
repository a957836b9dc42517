package io.carillon.execution.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DurationCountsTest {
    @Test
    void noDurationHasNoPercentile() {
        assertThat(new DurationCounts().summary()).isNull();
    }

    @Test
    void percentilesAreWithinOnePerCentOfTheDurationOfTheirRank() {
        var random = new Random(20261126);
        double[] seconds =
                DoubleStream.generate(() -> Math.exp(random.nextGaussian(3, 2)))
                        .limit(10_001)
                        .sorted()
                        .toArray();
        var counts = new DurationCounts();
        for (double each : seconds) {
            counts.add(bucket(each), 1);
            counts.addSeconds(each);
        }

        var summary = Objects.requireNonNull(counts.summary());

        assertIsAbout(summary.p50(), seconds[5_000]);
        assertIsAbout(summary.p95(), seconds[9_500]);
        assertIsAbout(summary.p99(), seconds[9_900]);
        double mean = DoubleStream.of(seconds).average().orElseThrow();
        assertThat(summary.avg().toNanos() / 1e9).isCloseTo(mean, within(0.001));
    }

    @Test
    void oneDurationIsEveryPercentile() {
        var counts = new DurationCounts();
        counts.add(bucket(60), 1);
        counts.addSeconds(60);

        var summary = Objects.requireNonNull(counts.summary());

        assertThat(summary.avg()).isEqualTo(Duration.ofSeconds(60));
        assertThat(summary.p50()).isEqualTo(summary.p99());
        assertIsAbout(summary.p50(), 60);
    }

    private static void assertIsAbout(Duration found, double seconds) {
        assertThat(found.toNanos() / 1e9).isCloseTo(seconds, Percentage.withPercentage(1));
    }

    /** As {@code duration_bucket} in V19__job_day.sql. */
    private static int bucket(double seconds) {
        return (int) Math.ceil(Math.log(seconds) / Math.log(DurationCounts.GROWTH));
    }
}
