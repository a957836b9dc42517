package io.carillon.bench;

import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * Throughput under a steady supply, before and while a transaction is held open elsewhere, whose
 * snapshot keeps vacuum from removing what every execution leaves behind. So many wait at a time
 * that the system never runs dry. Lost is what the last stretch runs less than the one before.
 */
final class PinnedCase implements BenchCase {
    private static final long BACKLOG = 10_000;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(120);

    /** As PostgreSQL's own statistics count them, a moment late. */
    @Language("SQL")
    private static final String DEAD_TUPLES =
            "select coalesce(sum(n_dead_tup), 0)::bigint from pg_stat_user_tables";

    private final WorkSystems systems;

    PinnedCase(WorkSystems systems) {
        this.systems = systems;
    }

    @Override
    public String name() {
        return "pinned";
    }

    @Override
    public void run(Rig rig) {
        var sizes = WorkSizes.of(rig.options());
        for (var system : systems.wanted(rig.options())) {
            var pin = system instanceof CarillonWorkSystem ? sizes.pin() : sizes.peerPin();
            if (pin.isPositive() && !system.isSlow()) {
                measure(rig, system, sizes.beforePin(), pin);
            }
        }
    }

    private static void measure(Rig rig, WorkSystem system, Duration before, Duration pin) {
        Results.say(
                "pinned: %s, %d s with a transaction open elsewhere",
                system.name(), pin.toSeconds());
        int warmUp = WorkSizes.of(rig.options()).executionsOf(system);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            WorkRound.run(database, cluster, warmUp, 0);
            database.settle();
            var feed = cluster.feed(Long.MAX_VALUE, BACKLOG);
            perSecond(cluster, WARM_UP);
            double unpinned = perSecond(cluster, before);
            long deadBefore = database.number(DEAD_TUPLES);
            var meter = Meter.start(database);
            long from = cluster.executed();
            double pinned;
            double last;
            long deadAfter;
            try (var holder = database.another()) {
                holder.execute("begin isolation level repeatable read");
                holder.number("select 1");
                double early = perSecond(cluster, pin.minus(before));
                last = perSecond(cluster, before);
                double share = (double) before.toMillis() / pin.toMillis();
                pinned = early * (1 - share) + last * share;
                deadAfter = database.number(DEAD_TUPLES);
                holder.execute("rollback");
            }
            long executed = cluster.executed() - from;
            var cost = meter.stop();
            long submitted = feed.stop();
            long all = warmUp + submitted;
            WorkRound.awaitDone(cluster, all, LONGEST);
            cluster.verify(all);
            rig.results()
                    .add(
                            new Result("pinned", system.name(), 1)
                                    .with("setting", system.setting())
                                    .with("seconds", pin.toSeconds())
                                    .with("executions", executed)
                                    .with("perSecondBefore", unpinned)
                                    .with("perSecond", pinned)
                                    .with("perSecondLast", last)
                                    .with("lostPercent", (1 - last / unpinned) * 100)
                                    .with("deadTuplesBefore", deadBefore)
                                    .with("deadTuplesAfter", deadAfter)
                                    .withCost(cost, executed, "Execution"));
            Statements.report(rig, database);
        }
    }

    private static double perSecond(WorkCluster cluster, Duration stretch) {
        long from = cluster.executed();
        long startNanos = System.nanoTime();
        Await.pause(stretch);
        long executed = cluster.executed() - from;
        return executed / ((System.nanoTime() - startNanos) / 1e9);
    }
}
