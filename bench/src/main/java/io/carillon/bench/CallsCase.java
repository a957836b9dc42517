package io.carillon.bench;

import java.util.ArrayList;
import java.util.Comparator;

/**
 * Calls over HTTP: a backlog of executions of type http is worked off by one replica, which calls
 * an nginx on the same machine. What differs from {@link DrainCase} is the call. After each round
 * the replica's memory is told: it must not grow.
 */
final class CallsCase implements BenchCase {
    private static final int CAPACITY = 100;

    /** A call runs through more code than a no-op, which the JVM takes longer to compile. */
    private static final int MORE_WARM_UPS = 4;

    private static final String CALL =
            """
            {"type": "http", "config": {"url": "%s"}, "runAt": "%%s"}
            """;

    @Override
    public String name() {
        return "calls";
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        Results.say("calls: carillon, capacity %d", CAPACITY);
        var sizes = WorkSizes.of(rig.options());
        try (var nginx = Nginx.start(rig.root().resolve("bench/target"));
                var database = rig.server().create();
                var cluster = start(rig, database, nginx.url())) {
            long executed = 0;
            var rounds = new ArrayList<WorkRound>();
            var replica = cluster.firing().replicas().getFirst();
            int warmUps = sizes.warmUps() + MORE_WARM_UPS;
            double leastMicros = Double.MAX_VALUE;
            for (int round = 1; round <= warmUps + sizes.rounds() + 2; round++) {
                var before = replica.processorTime();
                var measured = WorkRound.run(database, cluster, sizes.executions(), executed);
                double micros =
                        replica.processorTime().minus(before).toNanos()
                                / 1000.0
                                / sizes.executions();
                executed += sizes.executions();
                if (round > warmUps) {
                    rounds.add(measured);
                    leastMicros = Math.min(leastMicros, micros);
                }
                Results.say(
                        "calls: round %d, %,.0f a second, %.0f us of processor time each, %d MB resident",
                        round, measured.perSecond(), micros, replica.residentBytes() >> 20);
            }
            cluster.verify(executed);
            rounds.sort(Comparator.comparing(WorkRound::perSecond));
            var median = rounds.get(rounds.size() / 2);
            rig.results()
                    .add(
                            new Result("calls", "carillon", 1)
                                    .with("setting", "capacity " + CAPACITY)
                                    .with("executions", median.executions())
                                    .with("perSecond", median.perSecond())
                                    .with("slowestPerSecond", rounds.getFirst().perSecond())
                                    .with("fastestPerSecond", rounds.getLast().perSecond())
                                    .with("leastReplicaMicros", leastMicros)
                                    .withCost(median.cost(), median.executions(), "Execution"));
            Statements.report(rig, database);
        }
    }

    private static CarillonWorkCluster start(Rig rig, Database database, String url) {
        var settings = java.util.Map.of("CARILLON_WORKER_CAPACITY", Integer.toString(CAPACITY));
        return new CarillonWorkCluster(
                database,
                new CarillonSystem(settings).start(rig, database, 1),
                CALL.formatted(url));
    }
}
