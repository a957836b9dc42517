package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Plain SQL on the connection of the current JTA transaction, or on one of its own where there is
 * none.
 */
@ApplicationScoped
public class Connections {
    private final DataSource dataSource;

    Connections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Work without an answer. */
    public interface Step {
        void on(Connection connection) throws SQLException;
    }

    /**
     * @throws DatabaseUnavailableException if PostgreSQL refuses it, or does not answer
     */
    public <T> T with(Transactions.Work<T> work) {
        try (var connection = dataSource.getConnection()) {
            return work.on(connection);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The database refused it", failure);
        }
    }

    /** As {@link #with}, for what has no answer. */
    public void run(Step step) {
        with(
                connection -> {
                    step.on(connection);
                    return true;
                });
    }
}
