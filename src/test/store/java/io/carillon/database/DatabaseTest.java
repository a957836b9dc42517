package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of plain SQL, alone and together with those of JTA, on the real thing. */
@QuarkusTest
class DatabaseTest {
    private static final String DEADLOCK =
            "do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$";
    private static final String INSERT = "insert into behind_the_door values (1)";

    @Inject Database database;
    @Inject @BackgroundPool Database background;

    private final List<String> done = new ArrayList<>();

    @BeforeEach
    void aTable() {
        database.run(on -> execute(on, "create table behind_the_door (id int)"));
    }

    @AfterEach
    void noTable() {
        database.run(on -> execute(on, "drop table behind_the_door"));
    }

    @Test
    void anErrorRollsBackLikeAnException() {
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        on -> {
                                            execute(on, INSERT);
                                            throw new StackOverflowError();
                                        }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(rows()).isZero();
    }

    @Test
    void whatADeadlockEndedIsDoneAgainABoundedNumberOfTimes() {
        var attempts = new AtomicInteger();
        int needed =
                database.inTransaction(
                        on -> {
                            if (attempts.incrementAndGet() < 4) {
                                // Met by work that has joined, as by any other.
                                background.run(joined -> execute(joined, DEADLOCK));
                            }
                            return attempts.get();
                        });
        assertThat(needed).isEqualTo(4);

        attempts.set(0);
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        on -> {
                                            attempts.incrementAndGet();
                                            throw new SQLException("again", "40001");
                                        }))
                .isInstanceOf(DatabaseException.class)
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(attempts).hasValue(5);
    }

    @Test
    void whoJoinsDoesNothingAgainAndLeavesCommitAndRollbackToTheOther() {
        var attempts = new AtomicInteger();
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        outer -> {
                                            database.inTransaction(on -> execute(on, INSERT));
                                            background.inTransaction(on -> execute(on, INSERT));
                                            assertThat(rows()).isEqualTo(2);
                                            return database.inTransaction(
                                                    on -> {
                                                        attempts.incrementAndGet();
                                                        throw new IllegalStateException("over");
                                                    });
                                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(attempts).hasValue(1);
        assertThat(rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionOfJtaIsJoinedByEither(boolean byBackground) {
        var door = byBackground ? background : database;
        var attempts = new AtomicInteger();

        assertThatThrownBy(
                        () ->
                                QuarkusTransaction.requiringNew()
                                        .run(
                                                () -> {
                                                    door.inTransaction(on -> execute(on, INSERT));
                                                    door.run(on -> execute(on, INSERT));
                                                    attempts.incrementAndGet();
                                                    door.run(on -> execute(on, DEADLOCK));
                                                }))
                .isInstanceOf(DatabaseException.class);

        assertThat(attempts).hasValue(1);
        assertThat(rows()).isZero();
    }

    @Test
    void aNewTransactionStaysWhateverBecomesOfTheOther() {
        QuarkusTransaction.begin();
        database.inNewTransaction(on -> execute(on, INSERT));
        QuarkusTransaction.rollback();
        assertThat(rows()).isEqualTo(1);

        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        outer -> {
                                            database.inNewTransaction(on -> execute(on, INSERT));
                                            throw new IllegalStateException("over");
                                        }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void aTransactionOfJtaWithinOneOfADoorIsTheInnerOne() {
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        outer -> {
                                            QuarkusTransaction.requiringNew()
                                                    .run(
                                                            () ->
                                                                    database.run(
                                                                            on ->
                                                                                    execute(
                                                                                            on,
                                                                                            INSERT)));
                                            throw new IllegalStateException("over");
                                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void anActionWaitsForTheCommitAndOneThatItAsksForFollowsAtOnce() {
        QuarkusTransaction.requiringNew().run(this::askForTwo);
        assertThat(done).containsExactly("inner", "outer");

        done.clear();
        database.inTransaction(
                outer ->
                        background.inTransaction(
                                on -> {
                                    askForTwo();
                                    return on;
                                }));
        assertThat(done).containsExactly("inner", "outer");
    }

    private void askForTwo() {
        database.afterCommit(
                () -> {
                    background.afterCommit(() -> done.add("inner"));
                    done.add("outer");
                });
        assertThat(done).isEmpty();
    }

    @Test
    void oneThatFailsUndoesNothingAndKeepsNoOtherFromBeingDone() {
        database.inTransaction(
                on -> {
                    database.afterCommit(
                            () -> {
                                throw new IllegalStateException("after the commit");
                            });
                    database.afterCommit(() -> done.add("next"));
                    return execute(on, INSERT);
                });

        assertThat(done).containsExactly("next");
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void nothingIsDoneAfterARollback() {
        QuarkusTransaction.begin();
        database.afterCommit(() -> done.add("never"));
        QuarkusTransaction.rollback();

        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        on -> {
                                            database.afterCommit(() -> done.add("never"));
                                            return execute(on, "select 1 / 0");
                                        }))
                .isInstanceOf(DatabaseException.class);

        assertThat(done).isEmpty();
    }

    @Test
    void withoutATransactionItIsDoneAtOnce() {
        database.afterCommit(() -> done.add("outer"));

        assertThat(done).containsExactly("outer");
    }

    private int rows() {
        return database.with(
                "select count(*) from behind_the_door",
                statement -> {
                    try (var row = statement.executeQuery()) {
                        row.next();
                        return row.getInt(1);
                    }
                });
    }

    private static boolean execute(Connection on, String sql) throws SQLException {
        try (var statement = on.createStatement()) {
            return statement.execute(sql);
        }
    }
}
