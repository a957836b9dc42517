package io.carillon.bench;

import java.time.Duration;

/**
 * How namespaces share the workers: what a claim costs when executions wait in one namespace or in
 * a thousand, and how long the first execution of a namespace waits while another one has a long
 * queue, of executions that do nothing or of such that last a while. Carillon alone has namespaces.
 */
final class NamespacesCase implements BenchCase {
    private static final int MANY = 1_000;
    private static final String CROWD = "default";
    private static final String OF_GUEST = "{\"type\":\"noop\",\"namespace\":\"guest\"}";
    private static final String AT =
            "{\"type\":\"noop\",\"runAt\":\"%%s\",\"config\":{\"sleep\":\"%s\"}}";
    private static final Duration EACH = Duration.ofMillis(500);
    private static final Duration GUEST_EVERY = Duration.ofMillis(250);

    private static final String GUEST_DELAYS =
            """
            select count(started_at),
                   percentile_disc(0.5) within group (order by extract(epoch from started_at - run_at) * 1000),
                   max(extract(epoch from started_at - run_at) * 1000)
            from execution where namespace = 'guest'
            """;

    private final WorkSystems systems;

    NamespacesCase(WorkSystems systems) {
        this.systems = systems;
    }

    @Override
    public String name() {
        return "namespaces";
    }

    @Override
    public void run(Rig rig) {
        for (var wanted : systems.wanted(rig.options())) {
            if (wanted instanceof CarillonWorkSystem system) {
                double ofOne = claims(rig, system, 1, 0);
                claims(rig, system, MANY, ofOne);
                delays(rig, system, "0s");
                delays(rig, system, EACH.toMillis() + "ms");
            }
        }
    }

    private static double claims(Rig rig, CarillonWorkSystem system, int namespaces, double ofOne) {
        Results.say("namespaces: executions of %d", namespaces);
        var sizes = WorkSizes.of(rig.options());
        int count = sizes.executionsOf(system);
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1)) {
            cluster.spreadOver(namespaces);
            WorkRound.run(database, cluster, count, 0);
            Meter.Cost cost = Meter.Cost.NONE;
            double seconds = 0;
            for (int round = 1; round <= sizes.rounds(); round++) {
                var done = WorkRound.run(database, cluster, count, (long) round * count);
                cost = cost.plus(done.cost());
                seconds += done.seconds();
            }
            long executions = (long) count * sizes.rounds();
            double claimMicros = (double) cost.claimMicros() / executions;
            rig.results()
                    .add(
                            new Result("namespaces", system.name(), 1)
                                    .with("setting", system.setting())
                                    .with("namespaces", namespaces)
                                    .with("executions", executions)
                                    .with("perSecond", executions / seconds)
                                    .with("claimMicrosPerExecution", claimMicros)
                                    .with("relativeToOne", ofOne == 0 ? 1 : claimMicros / ofOne)
                                    .withCost(cost, executions, "Execution"));
            Statements.report(rig, database);
            return claimMicros;
        }
    }

    private static void delays(Rig rig, CarillonWorkSystem system, String sleep) {
        int depth = WorkSizes.of(rig.options()).depths().getLast();
        Results.say("namespaces: a guest beside %d of another, each %s", depth, sleep);
        int guests = rig.options().quick() ? 12 : 40;
        try (var database = rig.server().create();
                var cluster = system.start(rig, database, 1, AT.formatted(sleep))) {
            cluster.spreadOver(1);
            WorkRound.queue(database, cluster, depth);
            for (int guest = 0; guest < guests; guest++) {
                cluster.submit(OF_GUEST);
                Await.pause(GUEST_EVERY);
            }
            long left =
                    database.number(
                            "select count(*) from execution where state = 'QUEUED' and namespace = ?",
                            CROWD);
            Await.pause(EACH.multipliedBy(2));
            database.row(
                    GUEST_DELAYS,
                    row -> {
                        if (row.getInt(1) < guests) {
                            throw new BenchFailure(
                                    "%d of %d guests have started"
                                            .formatted(row.getInt(1), guests));
                        }
                        rig.results()
                                .add(
                                        new Result("namespaces", system.name(), 1)
                                                .with("setting", system.setting())
                                                .with("queued", depth)
                                                .with("each", sleep)
                                                .with("leftOfQueue", left)
                                                .with("guests", guests)
                                                .with("guestDelayP50Millis", row.getDouble(2))
                                                .with("guestDelayMaxMillis", row.getDouble(3)));
                        return 0;
                    });
        }
    }
}
