package io.carillon.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured of executions.
 *
 * @param executions submitted or queued at once
 * @param slowExecutions the same for a system that would need minutes for that
 * @param warmUps rounds that warm up
 * @param rounds measured rounds, after those
 * @param triesSettings whether the best of several settings is looked for
 * @param fired jobs due at once
 * @param steady how long executions are due at a steady rate
 * @param steadyWarmUp how much of it is left out at its beginning
 * @param depths how many are queued, fewest first
 * @param shallowRounds how often the fewest are drained, to have enough to count
 * @param measured how many of the others are counted
 * @param beforePin how long throughput is measured before a transaction is held open
 * @param pin how long the transaction is held open
 * @param peerPin the same for the other systems; zero: not at all
 */
record WorkSizes(
        int executions,
        int slowExecutions,
        int warmUps,
        int rounds,
        boolean triesSettings,
        int fired,
        Duration steady,
        Duration steadyWarmUp,
        List<Integer> depths,
        int shallowRounds,
        int measured,
        Duration beforePin,
        Duration pin,
        Duration peerPin) {
    private static final WorkSizes FULL =
            new WorkSizes(
                    40_000,
                    5_000,
                    2,
                    3,
                    true,
                    50_000,
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(5),
                    List.of(1_000, 100_000, 1_000_000),
                    20,
                    20_000,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(1));

    private static final WorkSizes QUICK =
            new WorkSizes(
                    20_000,
                    2_000,
                    1,
                    1,
                    false,
                    20_000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    List.of(1_000, 100_000),
                    5,
                    5_000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ZERO);

    int executionsOf(WorkSystem system) {
        return system.isSlow() ? slowExecutions : executions;
    }

    static WorkSizes of(Options options) {
        return options.quick() ? QUICK : FULL;
    }
}
