package io.carillon.bench;

import java.time.Duration;

/**
 * Triggers due one after the other at an even rate: how long after its instant each has been fired.
 * The delay ends with the commit, so it is what another session sees. Systems are asked for what
 * they can bear; Carillon also for what stock Quartz at its best can, to compare like with like. A
 * system that falls behind all the same is halted, and its delays are of what it fired. A negative
 * delay is a trigger fired early, which Quartz does within its fire-ahead window.
 */
final class SteadyCase implements BenchCase {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int COMMON_PER_SECOND = 100;

    @Override
    public String name() {
        return "steady";
    }

    @Override
    public void run(Rig rig) {
        for (var system : FiringSystems.wanted(rig.options())) {
            measure(rig, system, system.steadyPerSecond());
            if (system.steadyPerSecond() > COMMON_PER_SECOND) {
                measure(rig, system, COMMON_PER_SECOND);
            }
        }
    }

    private static void measure(Rig rig, FiringSystem system, int perSecond) {
        Results.say("steady: %s, %d a second", system.name(), perSecond);
        var sizes = rig.sizes();
        int count = Math.toIntExact(sizes.steady().toSeconds() * perSecond);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            cluster.load(count);
            var due = Due.steady(count, perSecond);
            var round = FiringRound.run(database, cluster, due, GRACE, sizes.steadyWarmUp());
            if (round.fired() != count && system.finishesHerds()) {
                throw new BenchFailure(
                        "%s fired %d of %d triggers at %d a second"
                                .formatted(system.name(), round.fired(), count, perSecond));
            }
            cluster.verify(round.fired());
            rig.results()
                    .add(
                            new Result("steady", system.name(), 1)
                                    .with("jobs", count)
                                    .with("fired", round.fired())
                                    .with("askedPerSecond", perSecond)
                                    .with("minMs", round.minMillis())
                                    .with("p50Ms", round.p50Millis())
                                    .with("p99Ms", round.p99Millis())
                                    .with("maxMs", round.maxMillis())
                                    .withCost(round.cost(), round.fired(), "Firing"));
            Statements.report(rig, database);
        }
    }
}
