package io.carillon.execution.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.SubmissionBuilder;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dependents are released by the last of what they wait for, exactly once, or cancelled. */
@QuarkusTest
@TestProfile(StillReplica.class)
class FollowersTest {
    @Inject Engine engine;
    @Inject Followers followers;

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    @Test
    void theLastOfSeveralReleases() throws Exception {
        var one = engine.submit();
        var other = engine.submit();
        var third = engine.submit();
        var dependent = dependentOn(OnDependencyFailure.CANCEL, one, other, third);
        var claims = engine.claim(engine.aWorker(), 10);

        engine.succeed(claims.getFirst());
        assertThat(engine.state(dependent)).isEqualTo("BLOCKED");
        engine.succeed(claims.get(1));
        assertThat(engine.state(dependent)).isEqualTo("BLOCKED");
        engine.succeed(claims.getLast());

        assertThat(engine.state(dependent)).isEqualTo("QUEUED");
        assertThat(engine.rows.number("select count(*) from execution_dependency")).isZero();
        assertThat(engine.rows.number("select count(*) from untold_end")).isZero();
    }

    @Test
    void aFailureCancelsTheWholeChainBehindIt() throws Exception {
        var root = engine.submit();
        var middle = dependentOn(OnDependencyFailure.CANCEL, root);
        var leaf = dependentOn(OnDependencyFailure.CANCEL, middle);
        var tolerant = dependentOn(OnDependencyFailure.RUN, middle);

        engine.fail(engine.claim(engine.aWorker(), 1).getFirst(), ExecutionState.FAILED);

        assertThat(engine.stateAndReason(middle)).isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.stateAndReason(leaf)).isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.state(tolerant)).isEqualTo("QUEUED");
    }

    @Test
    void whatHasEndedIsNotWaitedFor() throws Exception {
        var done = engine.submit();
        engine.succeed(engine.claim(engine.aWorker(), 1).getFirst());
        var failed = engine.submit();
        engine.fail(engine.claim(engine.aWorker(), 1).getFirst(), ExecutionState.FAILED);

        assertThat(engine.state(dependentOn(OnDependencyFailure.CANCEL, done))).isEqualTo("QUEUED");
        assertThat(engine.stateAndReason(dependentOn(OnDependencyFailure.CANCEL, done, failed)))
                .isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.state(dependentOn(OnDependencyFailure.RUN, done, failed)))
                .isEqualTo("QUEUED");
    }

    @Test
    void aDependentOfACancelledOrRescuedExecutionIsToldToo() throws Exception {
        var waiting = engine.submit();
        var ofWaiting = dependentOn(OnDependencyFailure.CANCEL, waiting);
        engine.cancel(waiting, "REQUESTED");
        assertThat(engine.stateAndReason(ofWaiting)).isEqualTo("CANCELLED DEPENDENCY");

        var lost = engine.submit(SubmissionBuilder.aSubmission().maxAttempts(1));
        var ofLost = dependentOn(OnDependencyFailure.RUN, lost);
        var worker = engine.aWorker();
        engine.claim(worker, 1);
        engine.kill(worker);
        assertThat(engine.state(lost)).isEqualTo("FAILED");
        assertThat(engine.state(ofLost)).isEqualTo("QUEUED");
    }

    @Test
    void aLongChainIsCancelledInBoundedTransactionsThatCanGoOnAfterACrash() throws Exception {
        var root = engine.submit();
        chainBehind(root, 3000);

        engine.fail(engine.claim(engine.aWorker(), 1).getFirst(), ExecutionState.FAILED);
        assertThat(cancelled()).as("not in the transaction that stores outcomes").isZero();
        var first = followers.runOnce();

        assertThat(first.cancelled()).isBetween(1, 1000);
        assertThat(cancelled()).isEqualTo(first.cancelled());
        assertThat(engine.rows.number("select count(*) from untold_end"))
                .as("what a replica would go on with")
                .isPositive();
        engine.tell();
        assertThat(cancelled()).isEqualTo(3000);
        assertThat(engine.rows.number("select count(*) from execution_dependency")).isZero();
        assertThat(engine.rows.number("select count(*) from untold_end")).isZero();
    }

    @Test
    void threeThousandThatWaitForOneAreReleasedInBoundedTransactions() throws Exception {
        var root = engine.submit();
        engine.rows.change(
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, depends_on, waits_for,
                                       on_dependency_failure)
                select gen_random_uuid(), now(), 'default', 'noop', 'default', 'BLOCKED', 'SUBMIT', 5, 0, now(), 1,
                       'AT_LEAST_ONCE', 1000, array[?]::uuid[], 1, 'CANCEL'
                from generate_series(1, 3000)
                """,
                root);
        engine.rows.change(
                "insert into execution_dependency select ?, id, scheduled_at from execution where state = 'BLOCKED'",
                root);
        engine.rows.change("update execution set followed = true where id = ?", root);

        engine.succeed(engine.claim(engine.aWorker(), 1).getFirst());
        var first = followers.runOnce();

        assertThat(first.released()).isEqualTo(1000);
        engine.tell();
        assertThat(engine.rows.number("select count(*) from execution where state = 'QUEUED'"))
                .isEqualTo(3000);
    }

    private void chainBehind(UUID root, int length) throws SQLException {
        engine.rows.change(
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, depends_on, waits_for,
                                       on_dependency_failure, followed)
                select id, timestamptz 'epoch' + millis * interval '1 millisecond', 'default', 'noop', 'default',
                       'BLOCKED', 'SUBMIT', 5, 0, now(), 1, 'AT_LEAST_ONCE', 1000, array[before], 1, 'CANCEL', true
                from (select (lpad(to_hex(millis), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid as id,
                             case when n = 1 then ?
                                  else (lpad(to_hex(millis), 12, '0') || '7000' || '8000'
                                        || lpad(to_hex(n - 1), 12, '0'))::uuid end as before,
                             millis
                      from (select (extract(epoch from now()) * 1000)::bigint as millis) as at,
                           generate_series(1, ?) as n) as link
                """,
                root,
                length);
        engine.rows.change(
                """
                insert into execution_dependency
                select depends_on[1], id, scheduled_at from execution where state = 'BLOCKED'
                """);
        engine.rows.change("update execution set followed = true where id = ?", root);
    }

    private long cancelled() throws SQLException {
        return engine.rows.number(
                "select count(*) from execution where state = 'CANCELLED' and reason = 'DEPENDENCY'");
    }

    /** Outcomes, and the submission of the dependent itself, all at the same time. */
    @Test
    void noReleaseIsLostWhenAllHappensAtOnce() throws Exception {
        for (int round = 0; round < 30; round++) {
            engine.clear();
            var ids = new ArrayList<UUID>();
            for (int count = 0; count < 6; count++) {
                ids.add(engine.submit());
            }
            var claims = engine.claim(engine.aWorker(), 6);
            var dependents = new ArrayList<UUID>();
            var work = new ArrayList<Callable<Object>>();
            claims.forEach(claim -> work.add(() -> engine.succeed(claim)));
            for (int count = 0; count < 3; count++) {
                work.add(
                        () -> {
                            var id =
                                    dependentOn(
                                            OnDependencyFailure.CANCEL, ids.toArray(UUID[]::new));
                            synchronized (dependents) {
                                return dependents.add(id);
                            }
                        });
            }

            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var done : threads.invokeAll(work)) {
                    done.get();
                }
            }

            assertThat(engine.ids(engine.claim(engine.aWorker(), 10)))
                    .containsExactlyInAnyOrderElementsOf(dependents);
            assertThat(engine.rows.number("select count(*) from execution_dependency")).isZero();
        }
    }

    private UUID dependentOn(OnDependencyFailure onFailure, UUID... ids) {
        return engine.submitAfter(List.of(ids), onFailure, null);
    }
}
