package io.carillon.bench;

import java.time.Duration;

/**
 * Executions submitted as fast as they are taken while they are run: from the first submission
 * until nothing is left. Each system is submitted to as its users would: Carillon in batches over
 * HTTP, a library in batches by a call in its process. A system that looks for work so seldom that
 * this alone would make the figure counts from the start of its first execution.
 */
final class EndToEndCase implements BenchCase {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Duration LONGEST_PICK_UP = Duration.ofSeconds(1);

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
            cluster.mark();
            var meter = Meter.start(database);
            long startMillis = database.nowMillis();
            double submitSeconds = submitAndRun(cluster, executions, executions);
            long doneMillis = database.nowMillis();
            var cost = meter.stop();
            cluster.verify(2L * executions);
            long pickUpMillis = cluster.firstStartMillis() - startMillis;
            long idleMillis = pickUpMillis > LONGEST_PICK_UP.toMillis() ? pickUpMillis : 0;
            double seconds = (doneMillis - startMillis - idleMillis) / 1000.0;
            rig.results()
                    .add(
                            new Result("end-to-end", system.name(), 1)
                                    .with("setting", system.setting())
                                    .with("executions", executions)
                                    .with("perSecond", executions / seconds)
                                    .with("submittedPerSecond", executions / submitSeconds)
                                    .with("pickUpMs", pickUpMillis)
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
