package io.carillon.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Many recurring triggers due at one instant: how many are fired a second. The first rounds warm up
 * and are thrown away, more of them for more replicas, which share the work and so the warming; the
 * figure is the median of the others. A system that cannot finish is halted after the window and
 * judged by what it fired until then.
 */
final class HerdCase implements BenchCase {
    private static final Duration LONGEST = Duration.ofSeconds(90);
    private static final int WARM_UPS = 2;

    @Override
    public String name() {
        return "herd";
    }

    @Override
    public void run(Rig rig) {
        for (var system : FiringSystems.wanted(rig.options())) {
            boolean all = system.finishesHerds() && !rig.options().quick();
            for (int replicas : all ? List.of(1, 2, 3) : List.of(1, 3)) {
                measure(rig, system, replicas);
            }
        }
    }

    private static void measure(Rig rig, FiringSystem system, int replicas) {
        Results.say("herd: %s, replicas=%d", system.name(), replicas);
        var sizes = rig.sizes();
        var due = Due.herd(sizes.herd());
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, replicas)) {
            cluster.load(sizes.herd());
            var window = system.finishesHerds() ? LONGEST : sizes.herdWindow();
            int warmUps = system.finishesHerds() ? WARM_UPS + replicas : 1;
            long fired = 0;
            for (int round = 0; round < warmUps; round++) {
                fired += FiringRound.run(database, cluster, due, window, Duration.ZERO).fired();
            }
            int count = system.finishesHerds() ? sizes.herdRounds() : 1;
            var rounds = new ArrayList<FiringRound>();
            for (int round = 0; round < count; round++) {
                database.execute("vacuum (analyze) qrtz_triggers");
                var done = FiringRound.run(database, cluster, due, window, Duration.ZERO);
                if (system.finishesHerds() && done.fired() != due.count()) {
                    throw new BenchFailure(
                            "%s fired %d of %d triggers"
                                    .formatted(system.name(), done.fired(), due.count()));
                }
                fired += done.fired();
                rounds.add(done);
            }
            cluster.verify(fired);
            report(rig, system, replicas, rounds);
            Statements.report(rig, database);
        }
    }

    private static void report(
            Rig rig, FiringSystem system, int replicas, List<FiringRound> rounds) {
        var slowestFirst =
                rounds.stream().sorted(Comparator.comparing(FiringRound::perSecond)).toList();
        var median = slowestFirst.get(slowestFirst.size() / 2);
        rig.results()
                .add(
                        new Result("herd", system.name(), replicas)
                                .with("jobs", rig.sizes().herd())
                                .with("fired", median.fired())
                                .with("perSecond", median.perSecond())
                                .with("slowestPerSecond", slowestFirst.getFirst().perSecond())
                                .with("fastestPerSecond", slowestFirst.getLast().perSecond())
                                .withCost(median.cost(), median.fired(), "Firing"));
    }
}
