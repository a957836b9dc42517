package io.carillon.bench;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged Carillon, as it comes but for the settings given. */
final class CarillonSystem implements FiringSystem {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Map<String, String> settings;

    /** Workers are off: what is measured ends with the execution in the ledger. */
    CarillonSystem() {
        this(Map.of("CARILLON_WORKER_ENABLED", "false"));
    }

    /**
     * @param settings environment variables
     */
    CarillonSystem(Map<String, String> settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "carillon";
    }

    @Override
    public int steadyPerSecond() {
        return 1_000;
    }

    @Override
    public boolean finishesHerds() {
        return true;
    }

    @Override
    public CarillonCluster start(Rig rig, Database database, int replicas) {
        var jar = rig.root().resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new BenchFailure("Carillon is not packaged: " + jar + " is missing");
        }
        var running = new ArrayList<Replica>();
        var clients = new ArrayList<CarillonClient>();
        for (int index = 1; index <= replicas; index++) {
            int port = Processes.freePort();
            running.add(
                    rig.processes()
                            .java(
                                    "carillon-" + index,
                                    List.of("-jar", jar.toString()),
                                    environment(database, port),
                                    false));
            clients.add(new CarillonClient(port));
        }
        for (int index = 0; index < replicas; index++) {
            var replica = running.get(index);
            var client = clients.get(index);
            boolean isReady =
                    Await.until(
                            START_TIMEOUT,
                            () -> {
                                replica.requireAlive();
                                return client.isReady();
                            });
            if (!isReady) {
                throw new BenchFailure(
                        replica.name()
                                + " was not ready within "
                                + START_TIMEOUT.toSeconds()
                                + " s");
            }
        }
        return new CarillonCluster(rig, database, running, clients);
    }

    private Map<String, String> environment(Database database, int port) {
        var environment = new HashMap<String, String>(settings);
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", database.url());
        environment.put("QUARKUS_DATASOURCE_USERNAME", PostgresServer.SYSTEM);
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.putIfAbsent("CARILLON_SECURITY_ENABLED", "false");
        // What jobs call is on this machine.
        environment.put("CARILLON_OUTGOING_ALLOW_LOOPBACK", "true");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        return environment;
    }
}
