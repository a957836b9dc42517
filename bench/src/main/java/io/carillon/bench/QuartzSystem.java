package io.carillon.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quartz.impl.jdbcjobstore.JobStoreTX;

/** Stock clustered Quartz with its own tables and all their indexes, a process for each replica. */
final class QuartzSystem implements FiringSystem {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final String TABLES = "tables_postgres.sql";

    private final QuartzSettings settings;
    private final int steadyPerSecond;

    QuartzSystem(QuartzSettings settings, int steadyPerSecond) {
        this.settings = settings;
        this.steadyPerSecond = steadyPerSecond;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public int steadyPerSecond() {
        return steadyPerSecond;
    }

    @Override
    public boolean finishesHerds() {
        return false;
    }

    @Override
    public FiringCluster start(Rig rig, Database database, int replicas) {
        database.execute(tables());
        database.execute("grant all on all tables in schema public to " + PostgresServer.SYSTEM);
        var running = new ArrayList<Replica>();
        for (int index = 1; index <= replicas; index++) {
            running.add(
                    rig.processes()
                            .java(
                                    settings.name() + "-" + index,
                                    arguments("replica-" + index, database),
                                    Map.of(),
                                    true));
        }
        for (var replica : running) {
            String reply = replica.reply(START_TIMEOUT);
            if (!reply.equals("ready")) {
                throw new BenchFailure(replica.name() + " said '" + reply + "', not 'ready'");
            }
        }
        return new QuartzCluster(rig, database, running);
    }

    private List<String> arguments(String instanceId, Database database) {
        return List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                QuartzReplica.class.getName(),
                settings.name(),
                Integer.toString(settings.threads()),
                Integer.toString(settings.batch()),
                Long.toString(settings.fireAheadMillis()),
                instanceId,
                database.url(),
                PostgresServer.SYSTEM);
    }

    /** Quartz's own script, as its jar has it. */
    private static String tables() {
        try (InputStream script = JobStoreTX.class.getResourceAsStream(TABLES)) {
            if (script == null) {
                throw new BenchFailure("Quartz's jar has no " + TABLES);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new BenchFailure("Quartz's " + TABLES + " cannot be read", failure);
        }
    }
}
