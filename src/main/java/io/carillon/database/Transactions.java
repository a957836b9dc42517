package io.carillon.database;

import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Transactions of plain SQL, for threads that have none from JTA. */
public final class Transactions {
    /** PostgreSQL ends one of those in a deadlock, so at least one of so many goes on each time. */
    private static final int MAX_ATTEMPTS = 5;

    /** Actions that wait for the commit of the thread's transaction. */
    private static final ScopedValue<List<Runnable>> AFTER_COMMIT = ScopedValue.newInstance();

    private Transactions() {}

    /** Work on a connection. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Commits what {@code work} does, or rolls it back and rethrows what it throws, errors too.
     *
     * @param work done again, from its beginning, when PostgreSQL ended it because of a deadlock:
     *     it changes nothing but what is rolled back
     */
    public static <T> T of(DataSource dataSource, Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(dataSource, work);
            } catch (SQLException failure) {
                if (attempt == MAX_ATTEMPTS || !SqlFailures.isOfConcurrency(failure)) {
                    throw failure;
                }
                Log.infof(
                        "transaction done again, attempt %d failed: %s",
                        attempt, failure.getMessage());
            }
        }
    }

    private static <T> T once(DataSource dataSource, Work<T> work) throws SQLException {
        var afterCommit = new ArrayList<Runnable>();
        T result =
                ScopedValue.where(AFTER_COMMIT, afterCommit)
                        .<T, SQLException>call(() -> commit(dataSource, work));
        afterCommit.forEach(Runnable::run);
        return result;
    }

    /** Puts an action off until the thread's transaction has committed; false if it has none. */
    static boolean putOff(Runnable action) {
        return AFTER_COMMIT.isBound() && AFTER_COMMIT.get().add(action);
    }

    private static <T> T commit(DataSource dataSource, Work<T> work) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (Throwable failure) {
                rollBack(connection, failure);
                throw failure;
            } finally {
                endTransactions(connection);
            }
        }
    }

    /** A connection that is no more does not undo what was committed on it. */
    private static void endTransactions(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException gone) {
            Log.debugf("connection lost after its transaction: %s", gone.getMessage());
        }
    }

    private static void rollBack(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException failure) {
            cause.addSuppressed(failure);
        }
    }
}
