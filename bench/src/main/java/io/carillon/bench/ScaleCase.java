package io.carillon.bench;

import java.time.Duration;
import java.util.ArrayList;

/**
 * What a firing costs when many other jobs are scheduled, and what a replica's memory comes to. The
 * load is the same at every size, a thousand scattered triggers due at once, others each round
 * where there are others; the cost is the median round's. Carillon alone, with one replica.
 */
final class ScaleCase implements BenchCase {
    private static final int DUE = 1_000;
    private static final Duration WINDOW = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public void run(Rig rig) {
        if (!rig.options().wantsSystem("carillon")) {
            return;
        }
        double smallest = 0;
        for (int jobs : rig.sizes().scale()) {
            Results.say("scale: carillon, %d jobs", jobs);
            double micros = measure(rig, jobs, smallest);
            smallest = smallest == 0 ? micros : smallest;
        }
    }

    private static double measure(Rig rig, int jobs, double smallest) {
        try (var database = rig.server().create();
                var cluster = new CarillonSystem().start(rig, database, 1)) {
            cluster.load(jobs);
            int round = 0;
            for (; round < rig.sizes().scaleWarmUpRounds(); round++) {
                runRound(database, cluster, jobs, round);
            }
            var micros = new ArrayList<Double>();
            var cost = Meter.Cost.NONE;
            int rounds = round + rig.sizes().scaleRounds();
            for (; round < rounds; round++) {
                var done = runRound(database, cluster, jobs, round);
                micros.add(done.seconds() * 1e6 / DUE);
                cost = cost.plus(done.cost());
            }
            cluster.verify((long) rounds * DUE);
            micros.sort(null);
            double median = micros.get(micros.size() / 2);
            rig.results()
                    .add(
                            new Result("scale", "carillon", 1)
                                    .with("jobs", jobs)
                                    .with("fired", micros.size() * DUE)
                                    .with("perSecond", 1e6 / median)
                                    .with("microsPerFiring", median)
                                    .with(
                                            "relativeToSmallest",
                                            smallest == 0 ? 1 : median / smallest)
                                    .with(
                                            "residentMiB",
                                            cluster.replicas().getFirst().residentBytes() >> 20)
                                    .withCost(cost, (long) micros.size() * DUE, "Firing"));
            Statements.report(rig, database);
            return median;
        }
    }

    private static FiringRound runRound(
            Database database, FiringCluster cluster, int jobs, int round) {
        var done =
                FiringRound.run(
                        database, cluster, Due.some(DUE, jobs, round), WINDOW, Duration.ZERO);
        if (done.fired() != DUE) {
            throw new BenchFailure("carillon fired %d of %d triggers".formatted(done.fired(), DUE));
        }
        return done;
    }
}
