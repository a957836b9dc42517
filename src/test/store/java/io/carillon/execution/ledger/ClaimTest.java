package io.carillon.execution.ledger;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.definition.RetryPolicy;
import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.LimitedQueues;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.queue.QueueKey;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may be claimed when: order, room, limits of queues, deadlines. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ClaimTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject Engine engine;
    @Inject LimitedQueues limitedQueues;
    @Inject Promoter promoter;

    @BeforeEach
    void nothingIsQueued() throws SQLException {
        engine.clear();
    }

    @Test
    void theOrderHoldsOverAllQueues() throws Exception {
        engine.aQueue("a", "max_depth", 10);
        engine.aQueue("b", "max_depth", 10);
        var now = Instant.now();
        var third = engine.submit(aSubmission().queue("a").runAt(now.minusSeconds(1)));
        var first = engine.submit(aSubmission().queue("a").runAt(now.minusSeconds(9)));
        var second = engine.submit(aSubmission().queue("b").runAt(now.minusSeconds(5)));

        var claimed = engine.ids(engine.claim(engine.aWorker(), 2));

        assertThat(claimed).containsExactlyInAnyOrder(first, second).doesNotContain(third);
    }

    @Test
    void theFirstOfAQueueIsTakenByItsTimeAndItsHeadStart() throws Exception {
        var now = Instant.now();
        var last = engine.submit(aSubmission().runAt(now.minusSeconds(1)));
        var second = engine.submit(aSubmission().runAt(now.minusSeconds(9)));
        var first = engine.submit(aSubmission().runAt(now.minusSeconds(1)).priority(6));
        var worker = engine.aWorker();

        assertThat(engine.ids(engine.claim(worker, 1))).containsExactly(first);
        assertThat(engine.ids(engine.claim(worker, 1))).containsExactly(second);
        assertThat(engine.ids(engine.claim(worker, 1))).containsExactly(last);
    }

    @Test
    void aSubmissionRunsUnderThePolicyItCameWith() throws SQLException {
        engine.submit(aSubmission());
        engine.submit(aSubmission().maxAttempts(7));

        assertThat(engine.claim(engine.aWorker(), 2))
                .extracting(Claim::retry)
                .containsExactlyInAnyOrder(
                        RetryPolicy.DEFAULT,
                        new RetryPolicy(7, null, null, null, null).orDefaults());
        assertThat(engine.rows.texts("select retry ->> 'maxAttempts' from execution"))
                .as("the default is not written down each time")
                .containsExactlyInAnyOrder("null", "7");
    }

    @Test
    void aPausedQueueKeepsWhatItHasAndHoldsNoOtherUp() throws Exception {
        engine.aQueue("paused", "max_depth", 10);
        engine.rows.change("update queue set paused = true where name = 'paused'");
        engine.submit(aSubmission().queue("paused").runAt(Instant.now().minusSeconds(60)));
        var other = engine.submit();

        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).containsExactly(other);
    }

    @Test
    void weightsTakeSlotsAndTheFirstInLineIsNotOvertaken() throws Exception {
        var now = Instant.now();
        var light = engine.submit(aSubmission().runAt(now.minusSeconds(9)));
        var heavy = engine.submit(aSubmission().weight(3).runAt(now.minusSeconds(5)));
        var behind = engine.submit(aSubmission().runAt(now.minusSeconds(1)));
        var worker = engine.aWorker();

        assertThat(engine.ids(engine.claim(worker, 3))).containsExactly(light);
        assertThat(engine.state(behind)).as("it waits behind the heavy one").isEqualTo("QUEUED");
        assertThat(engine.ids(engine.claim(worker, 4))).containsExactlyInAnyOrder(heavy, behind);
    }

    @Test
    void anExecutionLargerThanTheWorkerRunsAloneWhenItIsIdle() throws Exception {
        var huge = engine.submit(aSubmission().weight(50));

        assertThat(engine.claims.take(Engine.aPool(engine.aWorker()), 10, false).claimed().claims())
                .isEmpty();
        assertThat(
                        engine.claims
                                .take(Engine.aPool(engine.aWorker()), 10, false)
                                .claimed()
                                .isMoreWaiting())
                .isTrue();
        assertThat(
                        engine.ids(
                                engine.claims
                                        .take(Engine.aPool(engine.aWorker()), 10, true)
                                        .claimed()
                                        .claims()))
                .containsExactly(huge);
    }

    @Test
    void aQueueNeverRunsMoreThanItsMaximumHoweverManyWorkersClaim() throws Exception {
        engine.aQueue("narrow", "max_concurrent", 3);
        for (int count = 0; count < 40; count++) {
            engine.submit(aSubmission().queue("narrow"));
        }
        var claims = new ArrayList<Claim>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();

        while (claims.size() < 30 && System.nanoTime() < deadline) {
            var some = claimInParallel(4, new QueueKey("default", "narrow"));
            claims.addAll(some);
            assertThat(
                            engine.rows.number(
                                    "select count(*) from execution where queue = 'narrow' and state = 'RUNNING'"))
                    .isLessThanOrEqualTo(3);
            for (var claim : some) {
                engine.succeed(claim);
            }
        }

        assertThat(claims).as("and it does run").hasSizeGreaterThanOrEqualTo(30);
    }

    @Test
    void aQueueNeverStartsMoreThanItsRateAllows() throws Exception {
        engine.aQueue("slow", "rate_per_second", 100.0);
        for (int count = 0; count < 200; count++) {
            engine.submit(aSubmission().queue("slow"));
        }
        long beginning =
                engine.rows.number("select (extract(epoch from clock_timestamp()) * 1000)::bigint");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int claimed = 0;

        while (claimed < 60 && System.nanoTime() < deadline) {
            claimed += claimInParallel(3, new QueueKey("default", "slow")).size();
        }

        // From before the first claim: what it may start is counted before it starts something.
        double seconds =
                (engine.rows.number(
                                        "select (extract(epoch from max(started_at)) * 1000)::bigint"
                                                + " from execution where queue = 'slow' and started_at is not null")
                                - beginning)
                        / 1000.0;
        assertThat(claimed).as("and it does start").isGreaterThanOrEqualTo(60);
        assertThat(claimed).isLessThanOrEqualTo((int) (100 * (seconds + 0.05) + 1) + 1);
    }

    @Test
    void whatIsPastItsDeadlineIsNotClaimedButSkipped() throws Exception {
        var late =
                engine.submit(
                        aSubmission()
                                .runAt(Instant.now().minusSeconds(60))
                                .startDeadline(Duration.ofSeconds(30)));
        var intime = engine.submit(aSubmission().startDeadline(Duration.ofHours(1)));

        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).containsExactly(intime);
        promoter.runOnce();

        assertThat(engine.stateAndReason(late)).isEqualTo("SKIPPED DEADLINE");
    }

    @Test
    void aDeadlineIsForTheFirstStartAlone() throws Exception {
        var id =
                engine.submit(
                        aSubmission()
                                .runAt(Instant.now().minusSeconds(1))
                                .startDeadline(Duration.ofHours(1)));
        var claim = engine.claim(engine.aWorker(), 1).getFirst();
        engine.fail(claim, ExecutionState.RETRYING);
        engine.rows.change(
                "update execution set start_deadline_at = clock_timestamp() - interval '1 s',"
                        + " run_at = clock_timestamp() where id = ?",
                id);
        promoter.runOnce();

        assertThat(engine.ids(engine.claim(engine.aWorker(), 1))).containsExactly(id);
    }

    private List<Claim> claimInParallel(int workers, QueueKey... limited) throws Exception {
        var queues = List.of(limited);
        var ids = new ArrayList<UUID>();
        for (int count = 0; count < workers; count++) {
            ids.add(engine.aWorker());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var claiming =
                    ids.stream()
                            .map(
                                    id ->
                                            (Callable<List<Claim>>)
                                                    () ->
                                                            limitedQueues
                                                                    .claim(
                                                                            Engine.aPool(id),
                                                                            queues,
                                                                            20,
                                                                            true)
                                                                    .claims())
                            .toList();
            var claims = new ArrayList<Claim>();
            for (var done : threads.invokeAll(claiming)) {
                claims.addAll(done.get());
            }
            return claims;
        }
    }
}
