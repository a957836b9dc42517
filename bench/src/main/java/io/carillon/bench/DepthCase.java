package io.carillon.bench;

import java.time.Duration;

/**
 * What it costs to claim an execution while few or many others are queued. With many, the first
 * some thousand are counted and the rest is left; with few, several backlogs are drained to have as
 * many. The cost is PostgreSQL's time in the statements that claim, and in all, for each execution.
 */
final class DepthCase implements BenchCase {
    private static final int WARM_UP = 20_000;

    /** A million rows are loaded for Carillon alone: that takes a while. */
    private static final int DEEPEST_OF_PEERS = 100_000;

    /** Of a deep backlog, what is not counted: the first claims find nothing in the buffers. */
    private static final int SKIPPED = 1_000;

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final WorkSystems systems;

    DepthCase(WorkSystems systems) {
        this.systems = systems;
    }

    private record Counted(long executions, double seconds, Meter.Cost cost) {
        Counted plus(Counted other) {
            return new Counted(
                    executions + other.executions, seconds + other.seconds, cost.plus(other.cost));
        }

        double claimMicros() {
            return (double) cost.claimMicros() / executions;
        }
    }

    @Override
    public String name() {
        return "depth";
    }

    @Override
    public void run(Rig rig) {
        for (var system : systems.wanted(rig.options())) {
            if (system.isSlow()) {
                continue;
            }
            double smallest = 0;
            for (int depth : WorkSizes.of(rig.options()).depths()) {
                boolean isCarillon = system instanceof CarillonWorkSystem;
                if (!isCarillon && (depth > DEEPEST_OF_PEERS || rig.options().quick())) {
                    continue;
                }
                double claimMicros = measure(rig, system, depth, smallest);
                smallest = smallest == 0 ? claimMicros : smallest;
            }
        }
    }

    private static double measure(Rig rig, WorkSystem system, int depth, double smallest) {
        Results.say("depth: %s, %d queued", system.name(), depth);
        var sizes = WorkSizes.of(rig.options());
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            long executed = 0;
            for (int warmUp = 0; warmUp < sizes.warmUps(); warmUp++) {
                WorkRound.run(database, cluster, WARM_UP, executed);
                executed += WARM_UP;
            }
            var counted =
                    depth > SKIPPED + sizes.measured()
                            ? first(database, cluster, depth, executed, sizes.measured())
                            : all(database, cluster, depth, executed, sizes.shallowRounds());
            rig.results()
                    .add(
                            new Result("depth", system.name(), 1)
                                    .with("setting", system.setting())
                                    .with("queued", depth)
                                    .with("executions", counted.executions)
                                    .with("perSecond", counted.executions / counted.seconds)
                                    .with("claimMicrosPerExecution", counted.claimMicros())
                                    .with(
                                            "relativeToSmallest",
                                            smallest == 0 ? 1 : counted.claimMicros() / smallest)
                                    .withCost(counted.cost, counted.executions, "Execution"));
            Statements.report(rig, database);
            return counted.claimMicros();
        }
    }

    private static Counted first(
            Database database, WorkCluster cluster, int depth, long executedBefore, int count) {
        WorkRound.queue(database, cluster, depth);
        WorkRound.awaitExecuted(cluster, executedBefore + SKIPPED, LONGEST);
        var meter = Meter.start(database);
        long startNanos = System.nanoTime();
        long from = cluster.executed();
        long more = WorkRound.awaitExecuted(cluster, from + count, LONGEST);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new Counted(count + more, seconds, meter.stop());
    }

    private static Counted all(
            Database database, WorkCluster cluster, int depth, long executedBefore, int rounds) {
        var counted = new Counted(0, 0, Meter.Cost.NONE);
        for (int round = 0; round < rounds; round++) {
            var done =
                    WorkRound.run(database, cluster, depth, executedBefore + (long) round * depth);
            counted = counted.plus(new Counted(depth, done.seconds(), done.cost()));
        }
        return counted;
    }
}
