package io.carillon.database;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;

/**
 * Opens the one door to PostgreSQL for plain SQL: on one connection, or in a transaction. There are
 * two, with the same behaviour: one on the pool of requests, and with {@link BackgroundPool} one on
 * that of the loops.
 *
 * <p><b>Joins.</b> Where the thread has a transaction already, of JTA (Hibernate's) or of either
 * door, the work becomes part of it: who began it commits, and does it again if need be. A JTA
 * transaction that began within one of a door is the inner one, and is joined.
 *
 * <p><b>Fails</b> with whatever the work throws, an {@link SQLException} as a {@link
 * DatabaseException}; nowhere else is one translated.
 */
@Singleton
public final class Database {
    /** PostgreSQL ends one of those in a deadlock, so at least one of so many goes on each time. */
    private static final int MAX_ATTEMPTS = 5;

    /** The transaction of a door in which the thread is; not bound: none. */
    private static final ScopedValue<Open> OPEN = ScopedValue.newInstance();

    private final DataSource pool;
    private final DataSource ofJta;
    private final TransactionSynchronizationRegistry jta;

    /** A transaction of a door, and what waits for its commit. */
    private record Open(Connection connection, List<Runnable> afterCommit) {}

    /** Work on a connection. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Work with one statement: sets its parameters, executes it, reads the answer. */
    public interface Query<T> {
        T by(PreparedStatement statement) throws SQLException;
    }

    /** Work without an answer. */
    public interface Step {
        void on(Connection connection) throws SQLException;
    }

    @Inject
    Database(DataSource ofRequests, TransactionSynchronizationRegistry jta) {
        this(ofRequests, ofRequests, jta);
    }

    /**
     * @param pool where connections come from
     * @param ofJta where the connection of a JTA transaction comes from
     */
    Database(DataSource pool, DataSource ofJta, TransactionSynchronizationRegistry jta) {
        this.pool = pool;
        this.ofJta = ofJta;
        this.jta = jta;
    }

    /**
     * Works on one connection: that of the thread's transaction, or else one on which each
     * statement commits for itself.
     *
     * @throws DatabaseException if PostgreSQL refuses it, or does not answer
     */
    public <T> T with(Work<T> work) {
        try {
            return onConnection(work);
        } catch (SQLException failure) {
            throw new DatabaseException(failure);
        }
    }

    /** As {@link #with(Work)}, with one statement. */
    public <T> T with(@Language("SQL") String sql, Query<T> query) {
        return with(
                connection -> {
                    try (var statement = connection.prepareStatement(sql)) {
                        return query.by(statement);
                    }
                });
    }

    /** As {@link #with(Work)}, for what has no answer. */
    public void run(Step step) {
        with(
                connection -> {
                    step.on(connection);
                    return true;
                });
    }

    /**
     * Commits what {@code work} does, or rolls it back and rethrows what it throws, errors too;
     * within a transaction that is there already, leaves both to whoever began it.
     *
     * @param work done again, from its beginning, when PostgreSQL ended it because of a deadlock or
     *     a serialization failure: it changes nothing but what is rolled back
     * @throws DatabaseException if PostgreSQL refuses it, or does not answer
     */
    public <T> T inTransaction(Work<T> work) {
        return isInJta() || OPEN.isBound() ? with(work) : begin(work);
    }

    /** As {@link #inTransaction}, always in a transaction of its own, on another connection. */
    public <T> T inNewTransaction(Work<T> work) {
        return isInJta()
                ? QuarkusTransaction.suspendingExisting().call(() -> begin(work))
                : begin(work);
    }

    /**
     * Runs {@code action} once the thread's transaction has committed, and never if it does not; at
     * once when there is none, or when called by another such action. One that fails is logged, as
     * it undoes nothing.
     */
    public void afterCommit(Runnable action) {
        if (isInJta()) {
            jta.registerInterposedSynchronization(new AfterCommit(action));
        } else if (OPEN.isBound()) {
            OPEN.get().afterCommit.add(action);
        } else {
            action.run();
        }
    }

    private boolean isInJta() {
        int status = jta.getTransactionStatus();
        return status != Status.STATUS_NO_TRANSACTION && status != Status.STATUS_COMMITTED;
    }

    private <T> T onConnection(Work<T> work) throws SQLException {
        if (!isInJta() && OPEN.isBound()) {
            return work.on(OPEN.get().connection);
        }
        try (var connection = (isInJta() ? ofJta : pool).getConnection()) {
            return work.on(connection);
        }
    }

    private <T> T begin(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException | DatabaseException failure) {
                if (attempt == MAX_ATTEMPTS || !SqlFailures.isOfConcurrency(failure)) {
                    throw failure instanceof SQLException refused
                            ? new DatabaseException(refused)
                            : (DatabaseException) failure;
                }
                Log.infof(
                        "transaction done again, attempt %d failed: %s",
                        attempt, failure.getMessage());
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        var afterCommit = new ArrayList<Runnable>();
        T result = commit(work, afterCommit);
        for (var action : afterCommit) {
            try {
                action.run();
            } catch (Throwable failure) {
                // What is committed is: neither its caller nor the other actions fail for it.
                Log.error("action after a commit failed", failure);
            }
        }
        return result;
    }

    private <T> T commit(Work<T> work, List<Runnable> afterCommit) throws SQLException {
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result =
                        ScopedValue.where(OPEN, new Open(connection, afterCommit))
                                .<T, SQLException>call(() -> work.on(connection));
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

    private record AfterCommit(Runnable action) implements Synchronization {
        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int outcome) {
            if (outcome == Status.STATUS_COMMITTED) {
                action.run();
            }
        }
    }
}
