package io.carillon.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A backlog that is there at once, worked off: how many executions a second are claimed, run as a
 * no-op and completed, with one replica at each setting worth trying, and with two at the best. The
 * first rounds warm up and are thrown away; the figure is the median of the others.
 */
final class DrainCase implements BenchCase {
    private static final int MAX_REPLICAS = 2;

    private final WorkSystems systems;

    DrainCase(WorkSystems systems) {
        this.systems = systems;
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public void run(Rig rig) {
        var sizes = WorkSizes.of(rig.options());
        for (var settings : systems.candidates(rig.options())) {
            double most = 0;
            for (var system : settings) {
                double perSecond = measure(rig, system, 1);
                if (perSecond > most) {
                    most = perSecond;
                    systems.chooseBest(system);
                }
            }
        }
        for (var system : systems.wanted(rig.options())) {
            if (sizes.triesSettings() || system instanceof CarillonWorkSystem) {
                measure(rig, system, MAX_REPLICAS);
            }
        }
    }

    private static double measure(Rig rig, WorkSystem system, int replicas) {
        Results.say("drain: %s, %s, replicas=%d", system.name(), system.setting(), replicas);
        var sizes = WorkSizes.of(rig.options());
        int executions = sizes.executionsOf(system);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, replicas)) {
            long executed = 0;
            for (int warmUp = 0; warmUp < sizes.warmUps() + replicas - 1; warmUp++) {
                WorkRound.run(database, cluster, executions, executed);
                executed += executions;
            }
            var rounds = new ArrayList<WorkRound>();
            for (int round = 0; round < sizes.rounds(); round++) {
                rounds.add(WorkRound.run(database, cluster, executions, executed));
                executed += executions;
            }
            cluster.verify(executed);
            double perSecond = report(rig, system, replicas, rounds);
            Statements.report(rig, database);
            return perSecond;
        }
    }

    private static double report(Rig rig, WorkSystem system, int replicas, List<WorkRound> rounds) {
        var slowestFirst =
                rounds.stream().sorted(Comparator.comparing(WorkRound::perSecond)).toList();
        var median = slowestFirst.get(slowestFirst.size() / 2);
        rig.results()
                .add(
                        new Result("drain", system.name(), replicas)
                                .with("setting", system.setting())
                                .with("executions", median.executions())
                                .with("perSecond", median.perSecond())
                                .with("slowestPerSecond", slowestFirst.getFirst().perSecond())
                                .with("fastestPerSecond", slowestFirst.getLast().perSecond())
                                .with("pickUpMs", median.pickUpMillis())
                                .withCost(median.cost(), median.executions(), "Execution"));
        return median.perSecond();
    }
}
