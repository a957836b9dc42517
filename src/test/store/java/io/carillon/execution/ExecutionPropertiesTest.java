package io.carillon.execution;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.Database;
import io.carillon.definition.Delivery;
import io.carillon.definition.JobLock;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.definition.Overlap;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.execution.follow.JobRuns;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.execution.submission.Replays;
import io.carillon.support.Jobs;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random sequences of everything that can happen to executions. After each step the invariants hold
 * in the database, and in the end everything that was begun has ended. {@code -Dproperties.runs}
 * sets how many sequences; a failure names its seed.
 */
@QuarkusTest
@TestProfile(StillReplica.class)
class ExecutionPropertiesTest {
    private static final int STEPS = 60;

    /** Each selects what must not be there. */
    private static final Map<String, String> INVARIANTS = new LinkedHashMap<>();

    static {
        INVARIANTS.put(
                "a dependent waits for as many as have not ended",
                """
                select d.id from execution d
                where d.state = 'BLOCKED' and d.waits_for is not null
                  and (d.waits_for = 0
                       or d.waits_for <> (select count(*) from execution e
                                          where e.id = any (d.depends_on) and e.finished_at is null))
                """);
        INVARIANTS.put(
                "what waits for its turn has somebody before it",
                """
                select b.id from execution b
                where b.state = 'BLOCKED' and b.job_id is not null
                  and not exists (select from execution e
                                  where e.job_id = b.job_id and e.state in ('QUEUED', 'RUNNING', 'RETRYING'))
                """);
        INVARIANTS.put(
                "a job without ALLOW has one execution at a time",
                """
                select job_id from execution where job_id is not null and state in ('QUEUED', 'RUNNING', 'RETRYING')
                group by job_id having count(*) > 1
                """);
        INVARIANTS.put(
                "what runs is held by a worker that lives",
                """
                select e.id from execution e left join worker w on w.id = e.worker_id
                where e.state = 'RUNNING' and (w.id is null or w.state not in ('RUNNING', 'STOPPING'))
                """);
        INVARIANTS.put(
                "nobody has more attempts than it may",
                "select id from execution where attempt > max_attempts or attempt < 0");
        INVARIANTS.put(
                "every failure and skip says why",
                """
                select id from execution
                where state = 'FAILED' and error is null or state in ('SKIPPED', 'CANCELLED') and reason is null
                """);
        INVARIANTS.put(
                "a replay belongs to the dead letter that says so",
                """
                select d.id from execution d left join execution r on r.id = d.replayed_by
                where d.replayed_by is not null and r.replay_of is distinct from d.id
                """);
        INVARIANTS.put(
                "no wish to be told outlives what it is about",
                """
                select d.execution_id from execution_dependency d join execution e on e.id = d.depends_on_id
                where e.finished_at is not null
                """);
    }

    @Inject Engine engine;
    @Inject JobRuns runs;
    @Inject JobLock jobLock;
    @Inject Replays replays;
    @Inject Promoter promoter;
    @Inject Database database;

    static LongStream seeds() {
        return new Random().longs(Integer.getInteger("properties.runs", 8));
    }

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyInvariantHoldsAfterEveryStepAndAllEnds(long seed) throws Exception {
        var sequence = new Sequence(new Random(seed));
        for (int step = 0; step < STEPS; step++) {
            sequence.step();
            check(sequence.history);
        }
        sequence.finish();
        check(sequence.history);
        assertThat(engine.rows.texts("select id, state from execution where finished_at is null"))
                .as(String.join("\n", sequence.history))
                .isEmpty();
    }

    private void check(List<String> history) throws SQLException {
        engine.tell();
        for (var invariant : INVARIANTS.entrySet()) {
            assertThat(engine.rows.texts(invariant.getValue()))
                    .as("%s after %s", invariant.getKey(), String.join("\n", history))
                    .isEmpty();
        }
    }

    private final class Sequence {
        private final Random random;
        private final List<String> history = new ArrayList<>();
        private final List<UUID> ids = new ArrayList<>();
        private final List<UUID> jobs = new ArrayList<>();
        private final Map<UUID, List<Claim>> held = new HashMap<>();

        Sequence(Random random) throws SQLException {
            this.random = random;
            jobs.add(Jobs.create());
            jobs.add(Jobs.create());
            held.put(engine.aWorker(), new ArrayList<>());
            held.put(engine.aWorker(), new ArrayList<>());
        }

        void step() throws SQLException {
            int choice = random.nextInt(12);
            history.add(
                    switch (choice) {
                        case 0, 1 -> submit();
                        case 2 -> submitDependent();
                        case 3, 4 -> run();
                        case 5, 6 -> claim();
                        case 7, 8 -> complete();
                        case 9 -> cancel();
                        case 10 -> replay();
                        default -> killOrPromote();
                    });
        }

        private String submit() throws SQLException {
            var submission =
                    aSubmission()
                            .maxAttempts(1 + random.nextInt(3))
                            .priority(random.nextInt(10))
                            .runAt(Instant.now().plusSeconds(random.nextInt(3) - 2))
                            .delivery(Delivery.values()[random.nextInt(2)]);
            ids.add(engine.submit(submission));
            return "submit " + ids.getLast();
        }

        private String submitDependent() throws SQLException {
            if (ids.isEmpty()) {
                return submit();
            }
            var on = List.of(any(ids), any(ids));
            var onFailure = OnDependencyFailure.values()[random.nextInt(2)];
            ids.add(engine.submitAfter(on, onFailure, null));
            return "submit " + ids.getLast() + " after " + on;
        }

        private String run() throws SQLException {
            var job = any(jobs);
            var policies =
                    List.of(
                            Overlap.SKIP,
                            Overlap.QUEUE_ONE,
                            Overlap.QUEUE_ALL,
                            Overlap.CANCEL_RUNNING);
            var policy = any(policies);
            ids.add(
                    database.inTransaction(
                            connection -> {
                                assertThat(jobLock.lock(connection, job)).isPresent();
                                return runs.add(
                                        connection,
                                        JobRuns.Wanted.manual(job, Instant.now(), null, null),
                                        policy);
                            }));
            return "run " + job + " " + policy + " as " + ids.getLast();
        }

        private String claim() {
            var worker = any(List.copyOf(held.keySet()));
            var claims = engine.claim(worker, 1 + random.nextInt(3));
            holding(worker).addAll(claims);
            return worker + " claims " + engine.ids(claims);
        }

        private String complete() {
            var worker = any(List.copyOf(held.keySet()));
            if (holding(worker).isEmpty()) {
                return claim();
            }
            var claim = holding(worker).remove(random.nextInt(holding(worker).size()));
            return worker + " ends " + claim.id() + " " + end(claim, random.nextInt(5));
        }

        private String end(Claim claim, int how) {
            return switch (how) {
                case 0, 1 -> "successfully " + engine.succeed(claim);
                case 2 -> "given back " + engine.giveBack(claim);
                case 3 ->
                        "cancelled " + engine.store.complete(List.of(Completion.cancelled(claim)));
                default -> {
                    boolean again = claim.attempt() < claim.maxAttempts();
                    yield "failed "
                            + engine.fail(
                                    claim, again ? ExecutionState.RETRYING : ExecutionState.FAILED);
                }
            };
        }

        private String cancel() {
            if (ids.isEmpty()) {
                return "nothing to cancel";
            }
            var id = any(ids);
            engine.cancel(id, "REQUESTED");
            return "cancel " + id;
        }

        private String replay() {
            var filter =
                    new FailedExecutions.Filter(null, null, null, null, null, null, null, null);
            return "replay " + replays.replayAll(filter, 10).replayed();
        }

        private String killOrPromote() throws SQLException {
            if (random.nextBoolean()) {
                engine.rows.change(
                        "update execution set run_at = clock_timestamp() where state = 'RETRYING'");
                return "promote " + promoter.runOnce().promoted();
            }
            var worker = any(List.copyOf(held.keySet()));
            var lost = holding(worker);
            held.remove(worker);
            engine.kill(worker);
            // It does not know yet that it is dead.
            for (var claim : lost) {
                assertThat(engine.succeed(claim)).as("a dead worker's outcome").isFalse();
            }
            held.put(engine.aWorker(), new ArrayList<>());
            return "kill " + worker;
        }

        /** Lets everything come to its end. */
        void finish() throws SQLException {
            for (var worker : List.copyOf(held.keySet())) {
                for (var claim : holding(worker)) {
                    end(claim, 0);
                }
            }
            var worker = engine.aWorker();
            for (int round = 0; round < 200; round++) {
                engine.rows.change(
                        "update execution set run_at = clock_timestamp() - interval '1 ms'"
                                + " where state in ('RETRYING', 'SCHEDULED')");
                promoter.runOnce();
                engine.claim(worker, 50).forEach(engine::succeed);
            }
            history.add("finish");
        }

        private List<Claim> holding(UUID worker) {
            return Objects.requireNonNull(held.get(worker));
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }
    }
}
