package io.carillon.execution.ledger;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.Database;
import io.carillon.definition.Delivery;
import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.carillon.worker.WorkerStore;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claim, completion, rescue: what each may change, and who may not. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ExecutionStoreTest {
    @Inject Claims claims;
    @Inject ExecutionStore store;
    @Inject SubmissionInserts inserts;
    @Inject WorkerStore workers;
    @Inject Promoter promoter;
    @Inject Partitions partitions;
    @Inject DataSource dataSource;
    @Inject Database database;

    private Rows rows;

    @BeforeEach
    void nothingIsQueued() throws SQLException {
        rows = new Rows(dataSource);
        rows.change("delete from execution");
    }

    @Test
    void aRescuedExecutionIsNotCompletedByItsFormerWorker() throws SQLException {
        var first = aWorker();
        var second = aWorker();
        var id = submit(Delivery.AT_LEAST_ONCE, 3);
        var former = claim(first, 10).getFirst();

        falsifySilence(first);
        workers.markSilent(Duration.ofSeconds(4));
        assertThat(store.rescue(100).rows()).isEqualTo(1);
        var current = claim(second, 10).getFirst();

        assertThat(current.epoch()).isGreaterThan(former.epoch());
        assertThat(store.complete(List.of(succeeded(former)))).as("the former worker's").isEmpty();
        assertThat(state(id)).isEqualTo("RUNNING");
        assertThat(store.complete(List.of(succeeded(current)))).containsExactly(id);
        assertThat(state(id)).isEqualTo("SUCCEEDED");
        assertThat(store.complete(List.of(succeeded(current)))).as("once more").isEmpty();
    }

    @Test
    void whatALiveWorkerRunsAndKnowsOfIsLeftToIt() throws SQLException {
        var worker = aWorker();
        var id = submit(Delivery.AT_LEAST_ONCE, 3);
        claim(worker, 10);

        assertThat(store.rescue(100).rows()).isZero();
        assertThat(store.giveBackUnknown(worker, Set.of(id)).rows()).isZero();
        assertThat(state(id)).isEqualTo("RUNNING");
        assertThat(store.giveBackUnknown(worker, Set.of()).rows()).isEqualTo(1);
        assertThat(state(id)).isEqualTo("QUEUED");
    }

    @Test
    void anAtMostOnceExecutionOfADeadWorkerFailsAndIsNeverStartedAgain() throws SQLException {
        var dead = aWorker();
        var id = submit(Delivery.AT_MOST_ONCE, 3);
        claim(dead, 10);

        falsifySilence(dead);
        workers.markSilent(Duration.ofSeconds(4));
        store.rescue(100);

        assertThat(rows.texts("select state, error ->> 'code' from execution where id = ?", id))
                .containsExactly("FAILED WORKER_LOST");
        assertThat(claim(aWorker(), 10)).isEmpty();
    }

    @Test
    void aRescueCountsAsAnAttemptSoTheLastOneFails() throws SQLException {
        var dead = aWorker();
        var id = submit(Delivery.AT_LEAST_ONCE, 1);
        claim(dead, 10);

        falsifySilence(dead);
        workers.markSilent(Duration.ofSeconds(4));
        store.rescue(100);

        assertThat(state(id)).isEqualTo("FAILED");
    }

    @Test
    void aWorkerThatWasMarkedDeadClaimsNothing() throws SQLException {
        var dead = aWorker();
        falsifySilence(dead);
        workers.markSilent(Duration.ofSeconds(4));
        submit(Delivery.AT_LEAST_ONCE, 3);

        assertThat(claim(dead, 10)).isEmpty();
        assertThat(claim(aWorker(), 10)).hasSize(1);
    }

    @Test
    void whatAStoppingWorkerGivesBackHasUsedNoAttempt() throws SQLException {
        var worker = aWorker();
        var id = submit(Delivery.AT_LEAST_ONCE, 1);
        var claim = claim(worker, 10).getFirst();

        store.complete(List.of(Completion.givenBack(claim)));

        assertThat(rows.texts("select state, attempt, worker_id from execution where id = ?", id))
                .containsExactly("QUEUED 0 null");
        assertThat(claim(worker, 10).getFirst().epoch()).isEqualTo(2);
    }

    @Test
    void aHigherPriorityIsAHeadStartOfThirtySecondsALevel() throws SQLException {
        var now = Instant.now();
        var old = submit(5, now.minusSeconds(60));
        var urgent = submit(6, now.minusSeconds(45));
        var recent = submit(5, now.minusSeconds(40));

        var order = claim(aWorker(), 2).stream().map(Claim::id).toList();

        assertThat(order).containsExactlyInAnyOrder(old, urgent);
        assertThat(state(recent)).isEqualTo("QUEUED");
    }

    @Test
    void aRetryWaitsForItsTimeAndIsThenQueued() throws SQLException {
        var worker = aWorker();
        var id = submit(Delivery.AT_LEAST_ONCE, 3);
        var claim = claim(worker, 10).getFirst();
        var error = JsonNodeFactory.instance.objectNode().put("code", "X");

        store.complete(
                List.of(
                        new Completion(
                                claim,
                                ExecutionState.RETRYING,
                                Duration.ofHours(1),
                                null,
                                error,
                                false)));
        assertThat(promoter.runOnce().promoted()).isZero();
        rows.change("update execution set run_at = clock_timestamp() where id = ?", id);

        assertThat(promoter.runOnce().promoted()).isEqualTo(1);
        assertThat(claim(worker, 10).getFirst().attempt()).isEqualTo(2);
        assertThat(rows.texts("select errors from execution where id = ?", id))
                .containsExactly("[{\"code\": \"X\"}]");
    }

    @Test
    void anExecutionForADayWithoutAPartitionMovesIntoItWhenItIsMade() throws SQLException {
        var id = submit(5, Instant.now().plus(Duration.ofDays(9)));
        assertThat(tableOf(id)).isEqualTo("execution_default");

        rows.change(
                "select execution_make_partition((now() at time zone 'UTC')::date + ahead)"
                        + " from generate_series(8, 10) as ahead");

        assertThat(tableOf(id)).startsWith("execution_20");
    }

    @Test
    void daysOfIdempotencyKeysAreMadeAheadAndDroppedOnceForgotten() throws SQLException {
        rows.change(
                "create table if not exists idempotency_key_20200101 partition of idempotency_key"
                        + " for values from ('2020-01-01') to ('2020-01-02')");

        partitions.runOnce();

        assertThat(
                        rows.texts(
                                "select to_regclass('idempotency_key_20200101'),"
                                        + " to_regclass('idempotency_key_'"
                                        + " || to_char((now() at time zone 'UTC')::date + 2, 'YYYYMMDD')) is not null"))
                .containsExactly("null t");
    }

    @Test
    void daysPastTheRetentionAreDroppedUnlessSomethingInThemIsUnfinished() throws SQLException {
        rows.change("select execution_make_partition(date '2020-01-01')");
        rows.change("select execution_make_partition(date '2020-01-02')");
        submit(5, Instant.parse("2020-01-02T12:00:00Z"));

        partitions.runOnce();

        assertThat(
                        rows.texts(
                                "select to_regclass('execution_20200101'), to_regclass('execution_20200102')"))
                .containsExactly("null execution_20200102");
    }

    private UUID aWorker() throws SQLException {
        var id = UUID.randomUUID();
        rows.change(
                "insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at)"
                        + " values (?, 'test', 1, 'test', 10, 'RUNNING', clock_timestamp(), clock_timestamp())",
                id);
        return id;
    }

    private void falsifySilence(UUID worker) throws SQLException {
        rows.change(
                "update worker set heartbeat_at = clock_timestamp() - interval '5 s' where id = ?",
                worker);
    }

    private UUID submit(Delivery delivery, int maxAttempts) throws SQLException {
        return submit(delivery, maxAttempts, 5, Instant.now().minusSeconds(1));
    }

    private UUID submit(int priority, Instant runAt) throws SQLException {
        return submit(Delivery.AT_LEAST_ONCE, 3, priority, runAt);
    }

    private UUID submit(Delivery delivery, int maxAttempts, int priority, Instant runAt)
            throws SQLException {
        return submit(
                aSubmission()
                        .delivery(delivery)
                        .maxAttempts(maxAttempts)
                        .priority(priority)
                        .runAt(runAt)
                        .build());
    }

    private UUID submit(Submission submission) throws SQLException {
        database.inTransaction(
                connection -> {
                    inserts.insertSubmitted(connection, List.of(submission));
                    return submission.id();
                });
        return submission.id();
    }

    private List<Claim> claim(UUID worker, int slots) {
        return claims.take(Engine.aPool(worker), slots, true).claimed().claims();
    }

    private static Completion succeeded(Claim claim) {
        return Completion.succeeded(claim, null);
    }

    private String state(UUID id) throws SQLException {
        return rows.texts("select state from execution where id = ?", id).getFirst();
    }

    private String tableOf(UUID id) throws SQLException {
        return rows.texts("select tableoid::regclass from execution where id = ?", id).getFirst();
    }
}
