package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
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

    private static boolean execute(java.sql.Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
