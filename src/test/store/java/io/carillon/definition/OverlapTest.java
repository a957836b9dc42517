package io.carillon.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.Database;
import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.follow.JobRuns;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.support.Jobs;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a run while another of its job has not ended. */
@QuarkusTest
@TestProfile(StillReplica.class)
class OverlapTest {
    /** Two executions of one job of which one started before the other had ended. */
    private static final String OVERLAPPING =
            """
            select count(*) from execution one join execution other on other.job_id = one.job_id and other.id <> one.id
            where one.job_id = ? and one.started_at is not null and other.started_at >= one.started_at
              and other.started_at < coalesce(one.finished_at, 'infinity')
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject Engine engine;
    @Inject JobRuns runs;
    @Inject JobLock jobLock;
    @Inject Database database;

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    @Test
    void skipLeavesARowThatSaysWhy() throws Exception {
        var job = Jobs.create();
        run(job, Overlap.SKIP);

        var second = run(job, Overlap.SKIP);

        assertThat(engine.stateAndReason(second)).isEqualTo("SKIPPED OVERLAP");
    }

    @Test
    void allowRunsThemBesideEachOther() throws Exception {
        var job = Jobs.create();
        run(job, Overlap.ALLOW);

        assertThat(engine.state(run(job, Overlap.ALLOW))).isEqualTo("QUEUED");
        assertThat(engine.claim(engine.aWorker(), 10)).hasSize(2);
    }

    @Test
    void queueOneKeepsOneWaitingAndSkipsTheRest() throws Exception {
        var job = Jobs.create();
        run(job, Overlap.QUEUE_ONE);
        var waiting = run(job, Overlap.QUEUE_ONE);
        var third = run(job, Overlap.QUEUE_ONE);
        assertThat(engine.state(waiting)).isEqualTo("BLOCKED");
        assertThat(engine.stateAndReason(third)).isEqualTo("SKIPPED OVERLAP");

        engine.succeed(engine.claim(engine.aWorker(), 10).getFirst());

        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).containsExactly(waiting);
    }

    @Test
    void queueAllRunsOneAfterTheOtherInOrderWhateverTheirEnd() throws Exception {
        var job = Jobs.create();
        var ids =
                List.of(
                        run(job, Overlap.QUEUE_ALL),
                        run(job, Overlap.QUEUE_ALL),
                        run(job, Overlap.QUEUE_ALL));

        var first = engine.claim(engine.aWorker(), 10);
        assertThat(engine.ids(first)).containsExactly(ids.get(0));
        engine.fail(first.getFirst(), ExecutionState.RETRYING);
        assertThat(engine.claim(engine.aWorker(), 10)).as("a retry has not ended").isEmpty();
        engine.cancel(ids.get(0), "REQUESTED");

        var second = engine.claim(engine.aWorker(), 10);
        assertThat(engine.ids(second)).containsExactly(ids.get(1));
        engine.fail(second.getFirst(), ExecutionState.FAILED);
        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).containsExactly(ids.get(2));
    }

    @Test
    void cancellingOneThatWaitsForItsTurnReleasesNobody() throws Exception {
        var job = Jobs.create();
        run(job, Overlap.QUEUE_ALL);
        var second = run(job, Overlap.QUEUE_ALL);
        var third = run(job, Overlap.QUEUE_ALL);
        engine.claim(engine.aWorker(), 10);

        engine.cancel(second, "REQUESTED");

        assertThat(engine.state(third)).isEqualTo("BLOCKED");
    }

    @Test
    void cancelRunningEndsTheOthersAndRunsOnceTheyHaveEnded() throws Exception {
        var job = Jobs.create();
        run(job, Overlap.QUEUE_ALL);
        var queued = run(job, Overlap.QUEUE_ALL);
        var running = engine.claim(engine.aWorker(), 1).getFirst();

        var latest = run(job, Overlap.CANCEL_RUNNING);

        assertThat(engine.stateAndReason(queued)).isEqualTo("CANCELLED OVERLAP");
        assertThat(engine.state(latest)).isEqualTo("BLOCKED");
        engine.store.complete(List.of(Completion.cancelled(running)));
        assertThat(engine.stateAndReason(running.id())).isEqualTo("CANCELLED OVERLAP");
        assertThat(engine.state(latest)).isEqualTo("QUEUED");
    }

    @Test
    void cancelRunningStartsAtOnceWhereNothingRuns() throws Exception {
        var job = Jobs.create();
        var queued = run(job, Overlap.SKIP);

        assertThat(engine.state(run(job, Overlap.CANCEL_RUNNING))).isEqualTo("QUEUED");
        assertThat(engine.state(queued)).isEqualTo("CANCELLED");
    }

    /** Eight threads run one job while two workers succeed, fail, retry and cancel. */
    @ParameterizedTest
    @EnumSource(names = "ALLOW", mode = EnumSource.Mode.EXCLUDE)
    void isExactUnderConcurrentRunsAndOutcomes(Overlap policy) throws Exception {
        var job = Jobs.create();
        long seed = System.nanoTime();
        var isAdding = new AtomicBoolean(true);
        Callable<Object> adding =
                () -> {
                    for (int count = 0; count < 25; count++) {
                        run(job, policy);
                    }
                    return null;
                };
        Callable<Object> executing =
                () -> {
                    var random = new Random(seed);
                    var worker = engine.aWorker();
                    // What is stuck shows below; it must not keep the test from ending.
                    long deadline = System.nanoTime() + PATIENCE.toNanos();
                    while ((isAdding.get() || unended(job) > 0) && System.nanoTime() < deadline) {
                        for (var claim : engine.claim(worker, 4)) {
                            end(claim, random.nextInt(4));
                        }
                        engine.rows.change(
                                "update execution set run_at = clock_timestamp() where job_id = ? and state = 'RETRYING'",
                                job);
                        engine.store.promote(10);
                    }
                    return null;
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var workers = List.of(threads.submit(executing), threads.submit(executing));
            for (var done :
                    threads.invokeAll(IntStream.range(0, 8).mapToObj(each -> adding).toList())) {
                done.get();
            }
            isAdding.set(false);
            for (var worker : workers) {
                worker.get();
            }
        }

        assertThat(engine.rows.number(OVERLAPPING, job)).as("seed %d", seed).isZero();
        assertThat(unended(job)).as("stuck, seed %d", seed).isZero();
        assertThat(engine.rows.number("select count(*) from execution where job_id = ?", job))
                .isEqualTo(200);
        if (policy == Overlap.QUEUE_ALL) {
            assertThat(
                            engine.rows.number(
                                    "select count(*) from execution where job_id = ? and state = 'SKIPPED'",
                                    job))
                    .isZero();
        }
    }

    private void end(Claim claim, int how) {
        switch (how) {
            case 0 -> engine.succeed(claim);
            case 1 -> engine.fail(claim, ExecutionState.FAILED);
            case 2 ->
                    engine.fail(
                            claim,
                            claim.attempt() < claim.maxAttempts()
                                    ? ExecutionState.RETRYING
                                    : ExecutionState.FAILED);
            default -> engine.store.complete(List.of(Completion.cancelled(claim)));
        }
    }

    private long unended(UUID job) throws SQLException {
        return engine.rows.number(
                "select count(*) from execution where job_id = ? and finished_at is null", job);
    }

    private UUID run(UUID job, Overlap policy) throws SQLException {
        return database.inTransaction(
                connection -> {
                    assertThat(jobLock.lock(connection, job)).isPresent();
                    return runs.add(
                            connection,
                            JobRuns.Wanted.manual(job, Instant.now(), null, null),
                            policy);
                });
    }
}
