package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Remote workers killed with {@code kill -9}, and the replica they talk to: everything runs, and
 * nothing ends twice.
 */
class RemoteWorkersIT {
    private static final int EXECUTIONS = 300;
    private static final long CAPACITY = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DONE = "select count(*) from execution where state = 'SUCCEEDED'";

    @Test
    void aKilledWorkerAndItsKilledReplicaLoseAndDoubleNothing() throws Exception {
        var workers = new ArrayList<Process>();
        try (var postgres = new TestPostgres();
                var cluster = new Cluster(postgres, 2).awaitReady();
                var ledger = new Ledger(postgres)) {
            ledger.execute("create table ended (id uuid, epoch bigint, state text)");
            ledger.execute(NOTE_ENDS);
            ledger.addTrigger(
                    "create trigger ends after update on execution for each row execute function note_end()");
            submit(new Api(cluster.replica(1)));
            for (int index = 0; index < 3; index++) {
                workers.add(start(cluster));
            }
            Awaitility.await().atMost(PATIENCE).until(() -> ledger.count(DONE) > 30);

            workers.getFirst().destroyForcibly().waitFor();
            var killedAt = ledger.now();
            long held = heldBy(ledger, workers.getFirst());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> heldBy(ledger, workers.getFirst()) == 0);
            var rescuedAfter = Duration.between(killedAt, ledger.now());
            long doneBefore = ledger.count(DONE);
            cluster.replica(0).kill();

            Awaitility.await().atMost(PATIENCE).until(() -> ledger.count(DONE) == EXECUTIONS);
            System.out.printf(
                    "killed a remote worker that held %d: rescued after %s; then its replica at %d of %d%n",
                    held, rescuedAfter, doneBefore, EXECUTIONS);
            assertThat(doneBefore).isLessThan(EXECUTIONS);
            assertThat(rescuedAfter).isLessThan(Duration.ofSeconds(5));
            assertThat(ledger.count("select count(*) from ended")).isEqualTo(EXECUTIONS);
            assertThat(ledger.count("select count(distinct id) from ended")).isEqualTo(EXECUTIONS);
            assertThat(ledger.count("select count(*) from execution where attempt > 2")).isZero();
            assertThat(ledger.count("select count(*) from execution where attempt = 2"))
                    .as(
                            "what the killed worker held is tried again, and nothing that the replica owed")
                    .isBetween(1L, CAPACITY)
                    .isEqualTo(
                            ledger.count(
                                    "select count(*) from execution where error ->> 'code' = 'WORKER_LOST'"
                                            + " or errors::text like '%WORKER_LOST%'"));
        } finally {
            workers.forEach(Process::destroyForcibly);
        }
    }

    /** Each time that an execution becomes final. */
    private static final String NOTE_ENDS =
            """
            create function note_end() returns trigger language plpgsql as $$
            begin
                if new.state in ('SUCCEEDED', 'FAILED', 'CANCELLED') then
                    insert into ended values (new.id, new.epoch, new.state);
                end if;
                return null;
            end $$
            """;

    private static long heldBy(Ledger ledger, Process worker) throws Exception {
        return ledger.count(
                "select count(*) from execution e join worker w on w.id = e.worker_id"
                        + " where e.state = 'RUNNING' and w.name = 'java-"
                        + worker.pid()
                        + "'");
    }

    private static void submit(Api api) throws IOException {
        var submission =
                Map.of(
                        "type",
                        "custom",
                        "timeout",
                        "5m",
                        "config",
                        Map.of("task", "sleep", "payload", Map.of("seconds", 0.3)));
        var answer =
                api.post(
                        "/executions/batch",
                        Map.of("executions", Collections.nCopies(EXECUTIONS, submission)));
        assertThat(answer.body().path("accepted").asInt()).isEqualTo(EXECUTIONS);
    }

    /** One that asks the first replica, and the second when that does not answer. */
    private static Process start(Cluster cluster) throws IOException {
        var builder =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xmx64m",
                                        "examples/worker-java/Worker.java"))
                        .redirectErrorStream(true)
                        .redirectOutput(File.createTempFile("worker-", ".log", new File("target")));
        builder.environment()
                .put("CARILLON_URL", cluster.replica(0).uri("") + "," + cluster.replica(1).uri(""));
        return builder.start();
    }
}
