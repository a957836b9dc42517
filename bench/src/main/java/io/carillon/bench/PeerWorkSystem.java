package io.carillon.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A peer as a process for each replica.
 *
 * @param settings the arguments of {@link PeerReplica} from the number of threads on
 */
record PeerWorkSystem(
        String name,
        String setting,
        boolean isSlow,
        int steadyPerSecond,
        PeerTables tables,
        List<String> settings)
        implements WorkSystem {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int PROMPTEST_POLLING_MILLIS = 10;

    /**
     * Its polling interval is ten seconds by default; with so much to do it matters only once it
     * has run dry.
     *
     * @param lowerLimit more is fetched when less than so many times the threads are left
     * @param upperLimit up to so many times the threads
     */
    static PeerWorkSystem dbScheduler(
            int threads, double lowerLimit, double upperLimit, int pollingMillis) {
        return new PeerWorkSystem(
                DbSchedulerPeer.NAME,
                "threads %d, fetch %.1f to %.1f, poll %d ms"
                        .formatted(threads, lowerLimit, upperLimit, pollingMillis),
                false,
                1_000,
                PeerTables.DB_SCHEDULER,
                List.of(
                        Integer.toString(threads),
                        Double.toString(lowerLimit),
                        Double.toString(upperLimit),
                        Integer.toString(pollingMillis)));
    }

    static PeerWorkSystem jobRunr(int workers) {
        return new PeerWorkSystem(
                JobRunrPeer.NAME,
                "workers " + workers,
                true,
                200,
                PeerTables.JOBRUNR,
                List.of(Integer.toString(workers)));
    }

    /** JobRunr polls as often as it allows in any case. */
    @Override
    public WorkSystem atItsPromptest() {
        return name.equals(DbSchedulerPeer.NAME)
                ? dbScheduler(
                        Integer.parseInt(settings.get(0)),
                        Double.parseDouble(settings.get(1)),
                        Double.parseDouble(settings.get(2)),
                        PROMPTEST_POLLING_MILLIS)
                : this;
    }

    @Override
    public WorkCluster start(Rig rig, Database database, int replicas) {
        if (!tables.create().isEmpty()) {
            database.execute(tables.create());
            database.execute(
                    "grant all on all tables in schema public to " + PostgresServer.SYSTEM);
        }
        var running = new ArrayList<Replica>();
        for (int index = 1; index <= replicas; index++) {
            String replica = name + "-" + index;
            var process =
                    rig.processes().java(replica, arguments(replica, database), Map.of(), true);
            running.add(process);
            // One after the other: the first may make the tables.
            String reply = process.reply(START_TIMEOUT);
            if (!reply.equals("ready")) {
                throw new BenchFailure(replica + " said '" + reply + "', not 'ready'");
            }
        }
        return new PeerWorkCluster(rig, database, tables, running);
    }

    private List<String> arguments(String replica, Database database) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PeerReplica.class.getName(),
                                replica,
                                database.url(),
                                PostgresServer.SYSTEM,
                                name));
        arguments.addAll(settings);
        return arguments;
    }
}
