package io.carillon.execution.ledger;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.Engine;
import io.carillon.execution.dispatch.LimitedQueues;
import io.carillon.queue.QueueKey;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How namespaces share what workers have room for, and their quotas of it. */
@QuarkusTest
@TestProfile(StillReplica.class)
class FairClaimTest {
    @Inject Engine engine;
    @Inject LimitedQueues limitedQueues;

    private UUID worker;

    @BeforeEach
    void nothingIsQueued() throws SQLException {
        engine.clear();
        worker = engine.aWorker();
    }

    @Test
    void namespacesWithALongQueueAndAShortOneStartEquallyMany() throws Exception {
        submit("crowd", 40, 100);
        submit("guest", 3, 10);

        var claimed = engine.claim(worker, 6);

        assertThat(claimed).filteredOn(claim -> claim.namespace().equals("guest")).hasSize(3);
        assertThat(claimed).filteredOn(claim -> claim.namespace().equals("crowd")).hasSize(3);
    }

    @Test
    void whatOneNamespaceLeavesOfItsShareIsLeftToTheOthersInTheNextLook() throws Exception {
        submit("crowd", 40, 100);
        submit("guest", 1, 10);

        var claimed = new ArrayList<Claim>();
        for (int look = 0; look < 3 && claimed.size() < 10; look++) {
            var open =
                    engine.claims.take(Engine.aPool(worker), 10 - claimed.size(), true).claimed();
            assertThat(open.isMoreWaiting()).isTrue();
            claimed.addAll(open.claims());
        }

        assertThat(claimed).hasSize(10);
    }

    @Test
    void theOneFreeSlotIsForTheNamespaceOfWhichTheWorkerRunsFewer() throws Exception {
        submit("crowd", 40, 100);
        submit("guest", 1, 10);
        var pool = new Claimant.Pool(worker, Map.of("crowd", 9));

        assertThat(engine.claims.take(pool, 1, false).claimed().claims())
                .extracting(Claim::namespace)
                .containsExactly("guest");
    }

    @Test
    void withinANamespaceOneOrderHoldsOverItsQueues() throws Exception {
        aQueue("crowd", "slow");
        var second = engine.submit(aSubmission().namespace("crowd").runAt(ago(5)));
        submit("crowd", 1, 1);
        var first = engine.submit(aSubmission().namespace("crowd").queue("slow").runAt(ago(9)));

        assertThat(engine.ids(engine.claim(worker, 2))).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void manyNamespacesAllStartSomethingWithinOnePass() throws Exception {
        int namespaces = 3 * PoolClaims.QUEUES + 5;
        for (int index = 0; index < namespaces; index++) {
            submit("n%03d".formatted(index), 20, 100 - index);
        }
        var pool = Engine.aPool(worker);
        var started = new HashSet<String>();

        for (int look = 0; look < 4; look++) {
            var open = engine.claims.take(pool, PoolClaims.QUEUES, false).claimed();
            assertThat(open.isMoreWaiting()).isTrue();
            open.claims().forEach(claim -> started.add(claim.namespace()));
        }

        assertThat(started).hasSize(namespaces);
    }

    @Test
    void aLookThatBeganInTheMiddleGoesOnAtTheBeginning() throws Exception {
        for (int index = 0; index < PoolClaims.QUEUES + 4; index++) {
            submit("n%03d".formatted(index), 1, 100);
        }
        assertThat(engine.claim(worker, PoolClaims.QUEUES)).hasSize(PoolClaims.QUEUES);
        engine.rows.change("delete from execution where state = 'QUEUED'");
        submit("a", 1, 1);

        assertThat(engine.claim(worker, 5)).extracting(Claim::namespace).containsExactly("a");
    }

    @Test
    void queuesThatArePausedHideNoneBehindThem() throws Exception {
        for (int index = 0; index < 2 * PoolClaims.QUEUES; index++) {
            submit("n%03d".formatted(index), 1, 100);
        }
        engine.rows.change("update queue set paused = true");
        submit("z", 1, 1);

        assertThat(engine.claim(worker, 5)).extracting(Claim::namespace).containsExactly("z");
        assertThat(engine.claims.take(Engine.aPool(worker), 5, false).claimed().isMoreWaiting())
                .as("after all were passed, the worker may wait")
                .isFalse();
    }

    @Test
    void aPauseOrLimitOfAQueueIsOfItsNamespaceOnly() throws Exception {
        submit("crowd", 1, 10);
        submit("guest", 1, 5);
        engine.rows.change("update queue set paused = true where namespace = 'crowd'");

        assertThat(engine.claim(worker, 5)).extracting(Claim::namespace).containsExactly("guest");
    }

    @Test
    void limitedQueuesShareTheSlots() throws Exception {
        submit("crowd", 40, 100);
        submit("guest", 2, 10);
        engine.rows.change("update queue set max_concurrent = 30");

        var claimed = engine.claim(worker, 4);

        assertThat(claimed).filteredOn(claim -> claim.namespace().equals("guest")).hasSize(2);
        assertThat(claimed).filteredOn(claim -> claim.namespace().equals("crowd")).hasSize(2);
    }

    @Test
    void theOneFreeSlotGoesRoundTheLimitedQueues() throws Exception {
        for (var namespace : List.of("a", "b", "c")) {
            submit(namespace, 5, 10);
        }
        engine.rows.change("update queue set max_concurrent = 30");
        var started = new ArrayList<String>();

        for (int slot = 0; slot < 6; slot++) {
            engine.claim(worker, 1).forEach(claim -> started.add(claim.namespace()));
        }

        assertThat(started).hasSize(6);
        assertThat(started.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(started.subList(3, 6)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void theOneFreeSlotIsForTheLimitedNamespaceOfWhichTheWorkerRunsFewer() throws Exception {
        submit("a", 5, 10);
        submit("b", 5, 10);
        engine.rows.change("update queue set max_concurrent = 30");
        var queues = Set.of(new QueueKey("a", "default"), new QueueKey("b", "default"));
        var pool = new Claimant.Pool(worker, Map.of("a", 2, "b", 1));

        for (int round = 0; round < 3; round++) {
            assertThat(limitedQueues.claim(pool, queues, 1, false).claims())
                    .extracting(Claim::namespace)
                    .containsExactly("b");
        }
    }

    @Test
    void aNamespaceNeverRunsMoreThanItsQuotaInAllItsQueuesTogether() throws Exception {
        aQueue("crowd", "before-default");
        quota("crowd", 3);
        submit("crowd", 5, 100);
        for (int count = 0; count < 5; count++) {
            engine.submit(aSubmission().namespace("crowd").queue("before-default").runAt(ago(50)));
        }
        submit("guest", 2, 10);

        var claimed = new ArrayList<Claim>();
        for (int look = 0; look < 3; look++) {
            claimed.addAll(engine.claim(engine.aWorker(), 10));
        }

        assertThat(claimed).filteredOn(claim -> claim.namespace().equals("guest")).hasSize(2);
        var ofCrowd = claimed.stream().filter(claim -> claim.namespace().equals("crowd")).toList();
        assertThat(ofCrowd).hasSize(3);

        engine.succeed(ofCrowd.getFirst());
        engine.accept(ofCrowd.get(1));
        assertThat(engine.claim(worker, 10)).as("one ended, one is awaited").hasSize(1);
    }

    @Test
    void aNamespaceThatAnotherReplicaHasLockedIsTriedAgainSoon() throws Exception {
        quota("crowd", 3);
        submit("crowd", 5, 100);
        var queues = Set.of(new QueueKey("crowd", "default"));

        engine.rows.locked(
                "select from namespace where name = 'crowd' for update",
                () -> {
                    var claimed = limitedQueues.claim(Engine.aPool(worker), queues, 10, true);
                    assertThat(claimed.claims()).isEmpty();
                    assertThat(claimed.untilNext()).isNotNull();
                });

        assertThat(limitedQueues.claim(Engine.aPool(worker), queues, 10, true).claims()).hasSize(3);
    }

    private void submit(String namespace, int count, int secondsAgo) throws SQLException {
        aQueue(namespace, "default");
        for (int each = 0; each < count; each++) {
            engine.submit(aSubmission().namespace(namespace).runAt(ago(secondsAgo)));
        }
    }

    private static Instant ago(int seconds) {
        return Instant.now().minusSeconds(seconds);
    }

    private void aQueue(String namespace, String name) throws SQLException {
        engine.rows.change(
                "insert into queue (namespace, name) values (?, ?) on conflict do nothing",
                namespace,
                name);
    }

    private void quota(String namespace, int running) throws SQLException {
        engine.rows.change(
                "insert into namespace (name, max_concurrent) values (?, ?)", namespace, running);
    }
}
