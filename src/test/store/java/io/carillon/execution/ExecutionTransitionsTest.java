package io.carillon.execution;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.ExecutionTransitions.Transition;
import io.carillon.execution.dispatch.Promoter;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table happens, and the guard that tests run under lets no other pair pass. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ExecutionTransitionsTest {
    private static final Duration AN_HOUR = Duration.ofHours(1);

    @Inject Engine engine;
    @Inject Promoter promoter;

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    static List<Transition> everyTransition() {
        return ExecutionTransitions.all();
    }

    static Stream<Transition> everyPairThatIsNone() {
        return Arrays.stream(ExecutionState.values())
                .filter(from -> !from.isFinal())
                .flatMap(
                        from ->
                                Arrays.stream(ExecutionState.values())
                                        .filter(to -> to != from)
                                        .filter(to -> !ExecutionTransitions.allows(from, to))
                                        .map(
                                                to ->
                                                        new Transition(
                                                                from,
                                                                ExecutionTransitions.Cause.DUE,
                                                                to)));
    }

    @ParameterizedTest
    @MethodSource("everyTransition")
    void happensByItsCause(Transition row) throws SQLException {
        var id = inState(row);
        assertThat(engine.state(id)).isEqualTo(row.from().name());

        cause(id, row);

        assertThat(engine.state(id)).isEqualTo(row.to().name());
    }

    @ParameterizedTest
    @MethodSource("everyPairThatIsNone")
    void theGuardOfTheTestsRefusesEveryOtherChange(Transition pair) {
        if (pair.from() == ExecutionState.RUNNING) {
            assertThatThrownBy(
                            () ->
                                    new Completion(
                                            claimOf(UUID.randomUUID()),
                                            pair.to(),
                                            Duration.ZERO,
                                            null,
                                            null,
                                            false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(
                        () -> {
                            var id = engine.submit();
                            engine.rows.change("alter table execution disable trigger all");
                            try {
                                engine.rows.change(
                                        """
                                        update execution
                                        set state = ?, worker_id = gen_random_uuid(),
                                            answer_by = case when ? = 'AWAITING' then now() end
                                        where id = ?
                                        """,
                                        pair.from().name(),
                                        pair.from().name(),
                                        id);
                            } finally {
                                engine.rows.change("alter table execution enable trigger all");
                            }
                            engine.rows.change(
                                    """
                                    update execution
                                    set state = ?, reason = 'TEST', finished_at = ?,
                                        answer_by = case when ? = 'AWAITING' then now() end
                                    where id = ?
                                    """,
                                    pair.to().name(),
                                    pair.to().isFinal() ? java.time.OffsetDateTime.now() : null,
                                    pair.to().name(),
                                    id);
                        })
                .hasMessageContaining("illegal transition");
    }

    @Test
    void aRowOutOfAFinalStateCannotBeWritten() {
        assertThatThrownBy(
                        () ->
                                new Transition(
                                        ExecutionState.SUCCEEDED,
                                        ExecutionTransitions.Cause.RESCUED,
                                        ExecutionState.QUEUED))
                .hasMessageContaining("SUCCEEDED is final");
    }

    /** An execution in the state a row leaves, such that its cause can come about. */
    private UUID inState(Transition row) throws SQLException {
        return switch (row.from()) {
            case BLOCKED -> blocked(row);
            case SCHEDULED ->
                    engine.submit(
                            aSubmission()
                                    .runAt(Instant.now().plus(AN_HOUR))
                                    .startDeadline(Duration.ofMinutes(1)));
            case QUEUED -> engine.submit(aSubmission().startDeadline(AN_HOUR));
            case RUNNING -> running(row.cause());
            case AWAITING -> {
                var id = running(row.cause());
                engine.accept(claims.getFirst());
                yield id;
            }
            case RETRYING -> {
                var id = running(ExecutionTransitions.Cause.ATTEMPT_FAILED);
                engine.fail(claims.getFirst(), ExecutionState.RETRYING);
                yield id;
            }
            case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> throw new AssertionError(row);
        };
    }

    private List<Claim> claims = List.of();
    private UUID worker = new UUID(0, 0);
    private UUID dependency = new UUID(0, 0);

    private UUID running(ExecutionTransitions.Cause cause) throws SQLException {
        worker = engine.aWorker();
        var id =
                engine.submit(
                        aSubmission()
                                .maxAttempts(
                                        cause == ExecutionTransitions.Cause.WORKER_LOST ? 1 : 3));
        claims = engine.claim(worker, 1);
        return id;
    }

    private UUID blocked(Transition row) throws SQLException {
        dependency = engine.submit();
        return engine.submitAfter(
                List.of(dependency),
                OnDependencyFailure.CANCEL,
                row.to() == ExecutionState.SCHEDULED ? Instant.now().plus(AN_HOUR) : null);
    }

    private void cause(UUID id, Transition row) throws SQLException {
        switch (row.cause()) {
            case CLAIMED -> engine.claim(engine.aWorker(), 1);
            case ATTEMPT_SUCCEEDED -> engine.succeed(claims.getFirst());
            case ATTEMPT_FAILED, FAILED_FOR_GOOD -> engine.fail(claims.getFirst(), row.to());
            case ACCEPTED -> engine.accept(claims.getFirst());
            case HELD_BACK -> engine.holdBack(claims.getFirst());
            case GIVEN_BACK -> engine.giveBack(claims.getFirst());
            case RESCUED, WORKER_LOST -> engine.kill(worker);
            case DUE -> {
                engine.rows.change(
                        "update execution set run_at = clock_timestamp() where id = ?", id);
                promoter.runOnce();
            }
            case RELEASED -> engine.succeed(engine.claim(engine.aWorker(), 1).getFirst());
            case MOVED ->
                    engine.control.move(
                            id,
                            null,
                            row.to() == ExecutionState.QUEUED
                                    ? Instant.now().minusSeconds(1)
                                    : Instant.now().plus(AN_HOUR));
            case CANCELLED -> {
                engine.cancel(id, "TEST");
                if (row.from() == ExecutionState.RUNNING) {
                    assertThat(engine.state(id)).as("its worker ends it").isEqualTo("RUNNING");
                    engine.store.complete(List.of(Completion.cancelled(claims.getFirst())));
                }
            }
            case DEADLINE -> {
                engine.rows.change(
                        "update execution set start_deadline_at = clock_timestamp() where id = ?",
                        id);
                promoter.runOnce();
            }
        }
    }

    private static Claim claimOf(UUID id) {
        return new Claim(
                id,
                Instant.EPOCH,
                Instant.EPOCH,
                1,
                null,
                0,
                null,
                "default",
                "noop",
                "default",
                null,
                1,
                3,
                Delivery.AT_LEAST_ONCE,
                AN_HOUR,
                1,
                null,
                null,
                Duration.ZERO,
                null);
    }
}
