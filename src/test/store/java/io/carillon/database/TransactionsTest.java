package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TransactionsTest {
    @Inject DataSource dataSource;

    @Test
    void anErrorRollsBackLikeAnException() throws SQLException {
        Transactions.of(dataSource, on -> execute(on, "create table rolled_back (id int)"));

        assertThatThrownBy(
                        () ->
                                Transactions.of(
                                        dataSource,
                                        connection -> {
                                            execute(
                                                    connection,
                                                    "insert into rolled_back values (1)");
                                            throw new StackOverflowError();
                                        }))
                .isInstanceOf(StackOverflowError.class);

        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from rolled_back")) {
            row.next();
            assertThat(row.getInt(1)).isZero();
        }
        Transactions.of(dataSource, on -> execute(on, "drop table rolled_back"));
    }

    @Test
    void whatADeadlockEndedIsDoneAgainABoundedNumberOfTimes() throws SQLException {
        var attempts = new AtomicInteger();
        int done =
                Transactions.of(
                        dataSource,
                        connection -> {
                            if (attempts.incrementAndGet() < 4) {
                                execute(
                                        connection,
                                        "do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$");
                            }
                            return attempts.get();
                        });
        assertThat(done).isEqualTo(4);

        attempts.set(0);
        assertThatThrownBy(
                        () ->
                                Transactions.of(
                                        dataSource,
                                        connection -> {
                                            attempts.incrementAndGet();
                                            throw new SQLException("again", "40001");
                                        }))
                .isInstanceOf(SQLException.class);
        assertThat(attempts).hasValue(5);
    }

    private static boolean execute(java.sql.Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
