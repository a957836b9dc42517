package io.carillon.execution;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.Database;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.dispatch.LimitedQueues;
import io.carillon.execution.follow.Followers;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Claims;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.execution.ledger.Submission;
import io.carillon.execution.ledger.SubmissionBuilder;
import io.carillon.execution.ledger.SubmissionInserts;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.execution.submission.Submissions;
import io.carillon.security.Scope;
import io.carillon.support.Rows;
import io.carillon.worker.WorkerStore;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Moves executions a step at a time, as the loops of a replica would. */
@Singleton
public class Engine {
    public final Claims claims;
    public final ExecutionStore store;
    public final ExecutionControl control;
    public final Rows rows;

    private final Database database;
    private final Followers followers;
    private final SubmissionInserts inserts;
    private final LimitedQueues limitedQueues;
    private final WorkerStore workers;
    private final Submissions submissions;

    Engine(
            DataSource dataSource,
            Database database,
            Claims claims,
            ExecutionStore store,
            ExecutionControl control,
            Followers followers,
            SubmissionInserts inserts,
            LimitedQueues limitedQueues,
            WorkerStore workers,
            Submissions submissions) {
        this.database = database;
        this.claims = claims;
        this.store = store;
        this.control = control;
        this.followers = followers;
        this.inserts = inserts;
        this.limitedQueues = limitedQueues;
        this.workers = workers;
        this.submissions = submissions;
        this.rows = new Rows(dataSource);
    }

    /** Leaves no execution and no queue but the default one, without limits. */
    public void clear() throws SQLException {
        rows.change("delete from execution");
        rows.change("delete from execution_dependency");
        rows.change("delete from follow_up");
        rows.change("delete from untold_end");
        rows.change("delete from queue where (namespace, name) <> ('default', 'default')");
        rows.change("delete from namespace");
        rows.change(
                "update queue set paused = false, max_concurrent = null, rate_per_second = null, max_depth = null");
        rows.change("update worker set state = 'STOPPED' where state in ('RUNNING', 'STOPPING')");
    }

    public void aQueue(String name, String column, Number limit) throws SQLException {
        rows.change(
                "insert into queue (namespace, name, "
                        + column
                        + ") values ('default', ?, ?)"
                        + " on conflict (namespace, name) do update set "
                        + column
                        + " = excluded."
                        + column,
                name,
                limit);
    }

    public UUID aWorker() throws SQLException {
        var id = UUID.randomUUID();
        rows.change(
                "insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at)"
                        + " values (?, 'test', 1, 'test', 10, 'RUNNING', clock_timestamp(), clock_timestamp())",
                id);
        return id;
    }

    public UUID submit(SubmissionBuilder submission) throws SQLException {
        return submit(submission.build());
    }

    public UUID submit(Submission submission) throws SQLException {
        return database.inTransaction(
                connection -> {
                    inserts.insertSubmitted(connection, List.of(submission));
                    return submission.id();
                });
    }

    /** Submits what waits for others, as a client would. */
    public UUID submitAfter(
            Collection<UUID> others, OnDependencyFailure onFailure, @Nullable Instant runAt) {
        return submissions
                .submit(
                        Scope.EVERYTHING,
                        new SubmissionRequest(
                                null,
                                "noop",
                                null,
                                null,
                                null,
                                runAt,
                                null,
                                null,
                                null,
                                null,
                                Duration.ofHours(1),
                                others.stream().map(UUID::toString).toList(),
                                onFailure,
                                null,
                                null,
                                null))
                .id();
    }

    /** Cancels an execution, in a transaction of its own. */
    public void cancel(UUID id, String reason) {
        database.inTransaction(
                connection -> control.cancel(connection, List.of(id), reason).size());
    }

    public UUID submit() throws SQLException {
        return submit(aSubmission());
    }

    /** Tells all who wait for what has ended. */
    public void tell() {
        while (followers.runOnce().ends() > 0) {}
    }

    /** A pool that counts nothing of what it runs. */
    public static Claimant.Pool aPool(UUID worker) {
        return new Claimant.Pool(worker, Map.of());
    }

    /** As many as fit, from queues with and without limits, once all are told of what has ended. */
    public List<Claim> claim(UUID worker, int slots) {
        tell();
        var pool = aPool(worker);
        var open = claims.take(pool, slots, true);
        var claimed = new ArrayList<>(open.claimed().claims());
        int left = slots - Claims.slots(claimed);
        claimed.addAll(limitedQueues.claim(pool, open.limited(), left, claimed.isEmpty()).claims());
        return claimed;
    }

    public List<UUID> ids(List<Claim> claims) {
        return claims.stream().map(Claim::id).toList();
    }

    public boolean succeed(Claim claim) {
        return !store.complete(List.of(Completion.succeeded(claim, null))).isEmpty();
    }

    /** Its target answers within an hour. */
    public boolean accept(Claim claim) {
        return !store.complete(
                        List.of(
                                new Completion(
                                        claim,
                                        ExecutionState.AWAITING,
                                        Duration.ofHours(1),
                                        null,
                                        null,
                                        false)))
                .isEmpty();
    }

    public boolean fail(Claim claim, ExecutionState to) {
        var error =
                JsonNodeFactory.instance.objectNode().put("code", "TEST").put("message", "told to");
        return !store.complete(
                        List.of(new Completion(claim, to, Duration.ofHours(1), null, error, false)))
                .isEmpty();
    }

    /** In one transaction, as the end of a job does. */
    void cancelAll(Collection<UUID> ids) {
        database.inTransaction(connection -> control.cancel(connection, ids, "REQUESTED").size());
    }

    boolean holdBack(Claim claim) {
        var why = JsonNodeFactory.instance.objectNode().put("code", "HOST_BUSY").put("message", "");
        return !store.complete(List.of(Completion.heldBack(claim, Duration.ofHours(1), why)))
                .isEmpty();
    }

    boolean giveBack(Claim claim) {
        return !store.complete(List.of(Completion.givenBack(claim))).isEmpty();
    }

    /** Lets a worker fall silent, and rescues what it ran. */
    public void kill(UUID worker) throws SQLException {
        rows.change(
                "update worker set heartbeat_at = clock_timestamp() - interval '5 s' where id = ?",
                worker);
        workers.markSilent(Duration.ofSeconds(4));
        store.rescue(1000);
    }

    /** Once all are told of what has ended. */
    public String state(UUID id) throws SQLException {
        tell();
        return rows.texts("select state from execution where id = ?", id).getFirst();
    }

    public String stateAndReason(UUID id) throws SQLException {
        tell();
        return rows.texts("select state, reason from execution where id = ?", id).getFirst();
    }
}
