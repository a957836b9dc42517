package io.carillon.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.intellij.lang.annotations.Language;

/**
 * Recurring jobs all due at one instant, fired, claimed, run as a no-op and completed by one
 * replica: from the instant to the commit of the last outcome. Carillon alone.
 */
final class FiredCase implements BenchCase {
    private static final Duration LONGEST = Duration.ofSeconds(120);

    @Language("SQL")
    private static final String DONE =
            """
            select count(*), extract(epoch from max(pg_xact_commit_timestamp(xmin))) * 1000 - ?
            from execution
            where origin = 'SCHEDULE' and state = 'SUCCEEDED'
              and scheduled_at = timestamptz 'epoch' + ?::bigint * interval '1 millisecond'
            """;

    private final WorkSystems systems;

    FiredCase(WorkSystems systems) {
        this.systems = systems;
    }

    private record Round(double seconds, Meter.Cost cost) {}

    @Override
    public String name() {
        return "fired";
    }

    @Override
    public void run(Rig rig) {
        for (var system : systems.wanted(rig.options())) {
            if (system instanceof CarillonWorkSystem carillon) {
                measure(rig, carillon);
            }
        }
    }

    private static void measure(Rig rig, CarillonWorkSystem system) {
        Results.say("fired: %s, %s", system.name(), system.setting());
        var sizes = WorkSizes.of(rig.options());
        int jobs = sizes.fired();
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            cluster.firing().load(jobs);
            var rounds = new ArrayList<Round>();
            for (int round = 0; round < sizes.warmUps() + sizes.rounds(); round++) {
                database.settle();
                rounds.add(run(database, cluster, jobs, (long) round * jobs));
            }
            cluster.verify((long) rounds.size() * jobs);
            report(rig, system, jobs, rounds.subList(sizes.warmUps(), rounds.size()));
            Statements.report(rig, database);
        }
    }

    private static Round run(
            Database database, CarillonWorkCluster cluster, int jobs, long executedBefore) {
        long due = FiringRound.makeDue(database, Due.herd(jobs));
        var meter = Meter.start(database);
        cluster.firing().go(due);
        WorkRound.awaitDone(cluster, executedBefore + jobs, LONGEST);
        var cost = meter.stop();
        double seconds =
                database.row(
                        DONE,
                        row -> {
                            if (row.getInt(1) != jobs) {
                                throw new BenchFailure(
                                        "carillon: %d of %d jobs have run"
                                                .formatted(row.getInt(1), jobs));
                            }
                            return row.getDouble(2) / 1000;
                        },
                        due,
                        due);
        return new Round(seconds, cost);
    }

    private static void report(Rig rig, WorkSystem system, int jobs, List<Round> rounds) {
        var fastestFirst = rounds.stream().sorted(Comparator.comparing(Round::seconds)).toList();
        var median = fastestFirst.get(fastestFirst.size() / 2);
        rig.results()
                .add(
                        new Result("fired", system.name(), 1)
                                .with("setting", system.setting())
                                .with("executions", jobs)
                                .with("perSecond", jobs / median.seconds())
                                .with("slowestPerSecond", jobs / fastestFirst.getLast().seconds())
                                .with("fastestPerSecond", jobs / fastestFirst.getFirst().seconds())
                                .withCost(median.cost(), jobs, "Execution"));
    }
}
