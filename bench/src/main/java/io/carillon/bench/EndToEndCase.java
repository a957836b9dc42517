package io.carillon.bench;

import java.time.Duration;

/**
 * Executions submitted as fast as they are taken while they are run: from the first submission
 * until nothing is left. Each system is submitted to as its users would: Carillon in batches over
 * HTTP, a library in batches by a call in its process.
 */
final class EndToEndCase implements BenchCase {
    private static final Duration LONGEST = Duration.ofSeconds(120);

    private final WorkSystems systems;

    EndToEndCase(WorkSystems systems) {
        this.systems = systems;
    }

    @Override
    public String name() {
        return "end-to-end";
    }

    @Override
    public void run(Rig rig) {
        for (var system : systems.wanted(rig.options())) {
            measure(rig, system);
        }
    }

    private static void measure(Rig rig, WorkSystem system) {
        Results.say("end-to-end: %s, %s", system.name(), system.setting());
        int executions = WorkSizes.of(rig.options()).executionsOf(system);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            submitAndRun(cluster, executions, 0);
            database.settle();
            var meter = Meter.start(database);
            long startNanos = System.nanoTime();
            double submitSeconds = submitAndRun(cluster, executions, executions);
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            var cost = meter.stop();
            cluster.verify(2L * executions);
            rig.results()
                    .add(
                            new Result("end-to-end", system.name(), 1)
                                    .with("setting", system.setting())
                                    .with("executions", executions)
                                    .with("perSecond", executions / seconds)
                                    .with("submittedPerSecond", executions / submitSeconds)
                                    .withCost(cost, executions, "Execution"));
            Statements.report(rig, database);
        }
    }

    /** Returns how many seconds it took until all were submitted. */
    private static double submitAndRun(WorkCluster cluster, int executions, long executedBefore) {
        long startNanos = System.nanoTime();
        cluster.feed(executions, Long.MAX_VALUE).awaitAll();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        WorkRound.awaitDone(cluster, executedBefore + executions, LONGEST);
        return seconds;
    }
}
