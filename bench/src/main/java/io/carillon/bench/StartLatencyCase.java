package io.carillon.bench;

import java.time.Duration;

/**
 * Executions submitted ahead of their time, due one after the other at an even rate: how long after
 * its time each has started. Each system is asked for a rate it can bear; one that falls behind is
 * judged by what it has started when the grace is over. JobRunr starts some before their time,
 * hence a negative delay.
 */
final class StartLatencyCase implements BenchCase {
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration LEAD = Duration.ofSeconds(3);

    /** Submitting takes that long at most. */
    private static final Duration LEAD_PER_EXECUTION = Duration.ofNanos(400_000);

    private final WorkSystems systems;

    StartLatencyCase(WorkSystems systems) {
        this.systems = systems;
    }

    @Override
    public String name() {
        return "start-latency";
    }

    @Override
    public void run(Rig rig) {
        for (var system : systems.wanted(rig.options())) {
            measure(rig, system.atItsPromptest());
        }
    }

    private static void measure(Rig rig, WorkSystem system) {
        int perSecond = system.steadyPerSecond();
        Results.say("start-latency: %s, %d a second", system.name(), perSecond);
        var sizes = WorkSizes.of(rig.options());
        int count = Math.toIntExact(sizes.steady().toSeconds() * perSecond);
        int warmUp = sizes.executionsOf(system);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            WorkRound.run(database, cluster, warmUp, 0);
            database.settle();
            long first =
                    database.nowMillis()
                            + LEAD.plus(LEAD_PER_EXECUTION.multipliedBy(count)).toMillis();
            cluster.schedule(count, perSecond, first);
            long left = first - database.nowMillis();
            if (left < 0) {
                throw new BenchFailure(
                        "%s took longer than its lead to schedule %d executions"
                                .formatted(system.name(), count));
            }
            var meter = Meter.start(database);
            var limit = Duration.ofMillis(left).plus(sizes.steady()).plus(GRACE);
            boolean isDone = Await.until(limit, () -> cluster.executed() >= warmUp + count);
            var cost = meter.stop();
            if (isDone) {
                WorkRound.awaitDone(cluster, warmUp + count, GRACE);
                cluster.verify(warmUp + count);
            }
            long executed = cluster.executed() - warmUp;
            var delays = cluster.delays(first + sizes.steadyWarmUp().toMillis());
            var result =
                    new Result("start-latency", system.name(), 1)
                            .with("setting", system.setting())
                            .with("executions", count)
                            .with("executed", executed)
                            .with("askedPerSecond", perSecond)
                            .with("minMs", delays.min())
                            .with("p50Ms", delays.p50())
                            .with("p99Ms", delays.p99())
                            .with("maxMs", delays.max());
            if (!Double.isNaN(delays.doneP99())) {
                result.with("doneP99Ms", delays.doneP99());
            }
            rig.results().add(result.withCost(cost, executed, "Execution"));
            Statements.report(rig, database);
        }
    }
}
