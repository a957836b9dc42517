package io.carillon.execution;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.dispatch.CompletionBatcher;
import io.carillon.execution.dispatch.ExecutionMetrics;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.execution.follow.FollowUps;
import io.carillon.execution.follow.Followers;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Completion;
import io.carillon.replica.Loops;
import io.carillon.support.Jobs;
import io.carillon.support.StillReplica;
import io.carillon.tenancy.NamespaceQuotas;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row that PostgreSQL refuses stops nothing but itself. */
@QuarkusTest
@TestProfile(StillReplica.class)
class BadRowTest {
    @Inject Engine engine;
    @Inject ExecutionMetrics metrics;
    @Inject NamespaceQuotas quotas;
    @Inject DatabaseClock clock;
    @Inject Loops loops;
    @Inject Promoter promoter;
    @Inject Followers followers;
    @Inject FollowUps followUps;

    /** Refuses every change of the executions in a table. */
    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
        engine.rows.change("create table if not exists bad (id uuid primary key)");
        engine.rows.change(
                """
                create or replace function refuse_bad() returns trigger language plpgsql as $$
                begin
                    if exists (select from bad where id = new.id) then
                        raise exception 'the row is bad' using errcode = '23514';
                    end if;
                    return new;
                end $$
                """);
        engine.rows.change(
                """
                create or replace trigger refuse_bad before update on execution
                for each row execute function refuse_bad()
                """);
    }

    @AfterEach
    void allIsMended() throws SQLException {
        engine.rows.change("drop trigger refuse_bad on execution");
        engine.rows.change("drop table bad");
        engine.clear();
    }

    @Test
    void anOutcomeThatIsRefusedFailsAloneAndSaysWhatPostgresqlSaid() throws Exception {
        for (int count = 0; count < 50; count++) {
            engine.submit();
        }
        var claims = engine.claim(engine.aWorker(), 50);
        var told = new HashSet<UUID>();
        var batcher = batcher(told);
        for (int index = 0; index < claims.size(); index++) {
            var text = JsonNodeFactory.instance.textNode(index == 17 ? "\0" : "well");
            batcher.add(Completion.succeeded(claims.get(index), text));
        }

        batcher.round();

        var refused = claims.get(17).id();
        assertThat(engine.rows.number("select count(*) from execution where state = 'SUCCEEDED'"))
                .isEqualTo(49);
        assertThat(engine.state(refused)).isEqualTo("FAILED");
        assertThat(
                        engine.rows.texts(
                                "select error ->> 'code' from execution where id = ?", refused))
                .containsExactly("OUTCOME_REFUSED");
        assertThat(
                        engine.rows
                                .texts(
                                        "select error ->> 'message' from execution where id = ?",
                                        refused)
                                .getFirst())
                .isEqualTo(
                        "PostgreSQL refused the outcome of this attempt: unsupported Unicode escape sequence");
        assertThat(told).hasSize(50);
    }

    @Test
    void anOutcomeThatCannotEvenFailIsSetAside() throws Exception {
        for (int count = 0; count < 10; count++) {
            engine.submit();
        }
        var claims = engine.claim(engine.aWorker(), 10);
        engine.rows.change("insert into bad values (?)", claims.get(3).id());
        var told = new HashSet<UUID>();
        var batcher = batcher(told);
        claims.forEach(claim -> batcher.add(Completion.succeeded(claim, null)));

        batcher.round();
        batcher.round();

        assertThat(engine.rows.number("select count(*) from execution where state = 'SUCCEEDED'"))
                .isEqualTo(9);
        assertThat(engine.state(claims.get(3).id())).isEqualTo("RUNNING");
        assertThat(told).hasSize(9);
    }

    @Test
    void whatCannotBeQueuedKeepsNothingElseFromBeingQueued() throws Exception {
        var ids = new ArrayList<UUID>();
        for (int count = 0; count < 5; count++) {
            ids.add(engine.submit(aSubmission().runAt(Instant.now().plusMillis(200))));
        }
        engine.rows.change(
                "update execution set run_at = clock_timestamp() - interval '1 s' where state = 'SCHEDULED'");
        engine.rows.change("insert into bad values (?)", ids.get(2));

        var round = promoter.runOnce();

        assertThat(round.promoted()).isEqualTo(4);
        assertThat(round.untilNext()).as("no spin for what stays due").isPositive();
        assertThat(engine.state(ids.get(2))).isEqualTo("SCHEDULED");
    }

    @Test
    void whatCannotBeRescuedKeepsNothingElseFromBeingRescued() throws Exception {
        for (int count = 0; count < 5; count++) {
            engine.submit();
        }
        var worker = engine.aWorker();
        var claims = engine.claim(worker, 5);
        engine.rows.change("insert into bad values (?)", claims.getFirst().id());

        engine.kill(worker);

        assertThat(engine.rows.number("select count(*) from execution where state = 'QUEUED'"))
                .isEqualTo(4);
    }

    @Test
    void aFollowerThatCannotBeToldKeepsNoOtherWaiting() throws Exception {
        var one = engine.submit();
        var other = engine.submit();
        var bad = engine.submitAfter(List.of(one), OnDependencyFailure.CANCEL, null);
        var good = engine.submitAfter(List.of(other), OnDependencyFailure.CANCEL, null);
        var claims = engine.claim(engine.aWorker(), 2);
        engine.rows.change("insert into bad values (?)", bad);
        claims.forEach(engine::succeed);

        var told = followers.runOnce();

        assertThat(told.ends()).isEqualTo(1);
        assertThat(told.refused()).isEqualTo(1);
        assertThat(engine.rows.texts("select state from execution where id = ?", good))
                .containsExactly("QUEUED");
        engine.rows.change("delete from bad");
        assertThat(engine.state(bad)).isEqualTo("QUEUED");
    }

    @Test
    void aFollowUpThatCannotBeRunKeepsNoOtherWaiting() throws Exception {
        var worse = Jobs.create();
        var well = Jobs.create();
        engine.rows.change(
                "alter table execution add constraint refused_type check (job_id <> '"
                        + worse
                        + "')");
        try {
            engine.rows.change(
                    "insert into follow_up (job_id, cause_id) values (?, gen_random_uuid()), (?, gen_random_uuid())",
                    worse,
                    well);

            // The loop runs in every replica.
            await().until(
                            () ->
                                    engine.rows.number(
                                            "select count(*) from execution where job_id = ?",
                                            well),
                            runs -> runs == 1);
            await().untilAsserted(
                            () ->
                                    assertThat(engine.rows.texts("select job_id from follow_up"))
                                            .containsExactly(worse.toString()));
            assertThat(followUps.runOnce().rows()).isZero();
        } finally {
            engine.rows.change("alter table execution drop constraint refused_type");
        }
    }

    @Test
    void aDefinitionThatCannotBeReadFailsItsOwnExecutionsAlone() throws Exception {
        var ids = List.of(engine.submit(), engine.submit(), engine.submit());
        engine.rows.change(
                "update execution set retry = '{\"backoff\": \"FIBONACCI\"}' where id = ?",
                ids.get(1));

        var claims = engine.claim(engine.aWorker(), 10);

        assertThat(engine.ids(claims)).containsExactlyInAnyOrderElementsOf(ids);
        for (var claim : claims) {
            if (claim.id().equals(ids.get(1))) {
                assertThat(claim.fault())
                        .contains("the stored retry cannot be read")
                        .contains("FIBONACCI");
            } else {
                assertThat(claim.fault()).isNull();
            }
        }
    }

    @Test
    void whatCannotBeClaimedKeepsNothingElseFromBeingClaimed() throws Exception {
        engine.aQueue("limited", "max_concurrent", 10);
        var now = Instant.now();
        var refused = new ArrayList<UUID>();
        var others = new ArrayList<UUID>();
        for (var queue : List.of("default", "limited")) {
            for (int count = 0; count < 6; count++) {
                var id = engine.submit(aSubmission().queue(queue).runAt(now.plusMillis(count - 9)));
                (count % 3 == 0 ? refused : others).add(id);
            }
        }
        for (var id : refused) {
            engine.rows.change("insert into bad values (?)", id);
        }

        var claimed = new ArrayList<Claim>();
        await().until(
                        () -> {
                            claimed.addAll(engine.claim(engine.aWorker(), 100));
                            return claimed.size() >= others.size();
                        });

        assertThat(engine.ids(claimed)).containsExactlyInAnyOrderElementsOf(others);
        engine.rows.change("delete from bad");
        assertThat(engine.ids(engine.claim(engine.aWorker(), 100)))
                .as("once it is mended")
                .containsExactlyInAnyOrderElementsOf(refused);
    }

    @Test
    void whatCannotBeClaimedHoldsNothingUpBehindItWhileAnotherNamespaceHasALongQueue()
            throws Exception {
        var now = Instant.now();
        for (var namespace : List.of("crowd", "guest")) {
            engine.rows.change(
                    "insert into queue (namespace, name) values (?, 'default')", namespace);
        }
        for (int count = 0; count < 30; count++) {
            engine.submit(aSubmission().namespace("crowd").runAt(now.minusSeconds(60)));
        }
        var first = engine.submit(aSubmission().namespace("guest").runAt(now.minusSeconds(90)));
        var behind = engine.submit(aSubmission().namespace("guest").runAt(now.minusSeconds(30)));
        // So that a look knows of both.
        engine.claim(engine.aWorker(), 2);
        engine.rows.change("update execution set state = 'QUEUED', worker_id = null");
        engine.rows.change("insert into bad values (?)", first);
        var worker = engine.aWorker();
        var running = new ArrayList<Claim>();

        for (int round = 0; round < 3; round++) {
            var pool = Claimant.Pool.of(worker, running.stream());
            running.addAll(engine.claims.take(pool, 4, false).claimed().claims());
        }

        assertThat(engine.ids(running)).contains(behind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epoch = 9223372036854775807",
                "attempt = 2147483647",
                "run_at = 'infinity'",
                "run_at = '4714-11-24 00:00:00 BC'",
                "planned_at = 'infinity'",
                "order_key = 9223372036854775807",
                "order_key = -9223372036854775808"
            })
    void aNumberOrATimeAtItsEndKeepsNothingElseFromBeingClaimed(String end) throws Exception {
        var bad = engine.submit();
        var good = engine.submit();
        engine.rows.change("update execution set " + end + " where id = ?", bad);

        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).contains(good);
    }

    @Test
    void aDeliveryThatIsNotKnownFailsItsOwnExecutionAlone() throws Exception {
        engine.rows.change("alter table execution drop constraint execution_delivery_known");
        try {
            var ids = List.of(engine.submit(), engine.submit());
            engine.rows.change("update execution set delivery = 'TWICE' where id = ?", ids.get(0));

            var claims = engine.claim(engine.aWorker(), 10);

            assertThat(engine.ids(claims)).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(claims)
                    .filteredOn(claim -> claim.fault() != null)
                    .singleElement()
                    .satisfies(
                            claim -> {
                                assertThat(claim.id()).isEqualTo(ids.get(0));
                                assertThat(claim.fault()).contains("delivery").contains("TWICE");
                                assertThat(claim.delivery()).isEqualTo(Delivery.AT_MOST_ONCE);
                            });
        } finally {
            engine.clear();
            engine.rows.change(
                    "alter table execution add constraint execution_delivery_known"
                            + " check (delivery in ('AT_LEAST_ONCE', 'AT_MOST_ONCE'))");
        }
    }

    @Test
    void ofManyErrorsTheFirstAndTheLastAreKept() throws Exception {
        var id = engine.submit();
        var worker = engine.aWorker();
        engine.rows.change("update execution set max_attempts = 1000 where id = ?", id);
        for (int attempt = 0; attempt < 120; attempt++) {
            engine.fail(engine.claim(worker, 1).getFirst(), ExecutionState.RETRYING);
            engine.rows.change("update execution set state = 'QUEUED' where id = ?", id);
        }

        assertThat(
                        engine.rows.number(
                                "select jsonb_array_length(errors) from execution where id = ?",
                                id))
                .isEqualTo(51);
        assertThat(
                        engine.rows.texts(
                                "select errors -> 10 ->> 'code', errors -> 10 ->> 'dropped' from execution"))
                .containsExactly("ERRORS_DROPPED 70");
    }

    private CompletionBatcher batcher(HashSet<UUID> told) {
        return new CompletionBatcher(
                "completions",
                engine.store,
                clock,
                metrics,
                quotas,
                loops,
                () -> 0,
                (batch, stored) -> told.addAll(stored));
    }
}
