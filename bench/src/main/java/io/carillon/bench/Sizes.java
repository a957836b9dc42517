package io.carillon.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param herd triggers due at once
 * @param herdRounds measured rounds of a herd, after those that warm up
 * @param herdWindow how long a system that needs longer than that may fire at a herd
 * @param steady how long the steady rate lasts
 * @param steadyWarmUp how much of it is left out at its beginning
 * @param scale how many jobs are scheduled, smallest first
 * @param scaleWarmUpRounds rounds that warm up at each of these
 * @param scaleRounds measured rounds of a thousand due at each of these
 * @param batchCreations jobs created by batches
 * @param creationWarmUp how long jobs are created one by one before it counts
 * @param singleCreations how long jobs are created one by one
 * @param listedExecutions how many are in the ledger whose pages are read
 * @param deadline after so long the run is given up
 */
record Sizes(
        int herd,
        int herdRounds,
        Duration herdWindow,
        Duration steady,
        Duration steadyWarmUp,
        List<Integer> scale,
        int scaleWarmUpRounds,
        int scaleRounds,
        int batchCreations,
        Duration creationWarmUp,
        Duration singleCreations,
        long listedExecutions,
        Duration deadline) {
    static final Sizes FULL =
            new Sizes(
                    50_000,
                    3,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(4),
                    List.of(1_000, 100_000, 1_000_000),
                    30,
                    20,
                    100_000,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    10_000_000,
                    Duration.ofMinutes(40));

    static final Sizes QUICK =
            new Sizes(
                    20_000,
                    1,
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(2),
                    List.of(1_000, 100_000),
                    6,
                    5,
                    20_000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(3),
                    1_000_000,
                    Duration.ofMinutes(10));
}
