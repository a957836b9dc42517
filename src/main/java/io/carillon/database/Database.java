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
 * two beans with the same behaviour: one on the pool of requests and, with {@link BackgroundPool},
 * one on the pool of the loops.
 *
 * <p><b>Joins.</b> If the thread already has a transaction, of JTA (Hibernate's) or of either bean,
 * the work becomes part of it: the code that began it commits, and repeats it if necessary. A JTA
 * transaction that began inside one of these beans' is the inner one, and is joined.
 *
 * <p><b>Fails</b> with whatever the work throws; an {@link SQLException} becomes a {@link
 * DatabaseException}. No other class translates it.
 */
@Singleton
public final class Database {
    /**
     * How often a transaction is tried. PostgreSQL ends only one of those in a deadlock, so at
     * least one goes on each time.
     */
    private static final int MAX_ATTEMPTS = 5;

    /** The transaction of either bean in which the thread is; not bound: none. */
    private static final ScopedValue<Open> OPEN = ScopedValue.newInstance();

    private final DataSource pool;
    private final DataSource ofJta;
    private final TransactionSynchronizationRegistry jta;

    /** A transaction, and the actions that wait for its commit. */
    private record Open(Connection connection, List<Runnable> afterCommit) {}

    /** Work on a connection. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Work with one statement: sets its parameters, executes it, reads the answer. */
    public interface Query<T> {
        T by(PreparedStatement statement) throws SQLException;
    }

    /** Work without a result. */
    public interface Step {
        void on(Connection connection) throws SQLException;
    }

    @Inject
    Database(DataSource ofRequests, TransactionSynchronizationRegistry jta) {
        this(ofRequests, ofRequests, jta);
    }

    /**
     * @param pool the source of connections
     * @param ofJta the source of a JTA transaction's connection
     */
    Database(DataSource pool, DataSource ofJta, TransactionSynchronizationRegistry jta) {
        this.pool = pool;
        this.ofJta = ofJta;
        this.jta = jta;
    }

    /**
     * Works on one connection: that of the thread's transaction, or else one on which each
     * statement commits by itself.
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

    /** As {@link #with(Work)}, for work without a result. */
    public void run(Step step) {
        with(
                connection -> {
                    step.on(connection);
                    return true;
                });
    }

    /**
     * Commits what {@code work} does, or rolls it back and rethrows what it throws, errors too.
     * Inside an existing transaction it leaves both to the code that began it.
     *
     * @param work repeated from its beginning if PostgreSQL ended it because of a deadlock or a
     *     serialization failure, so it must change nothing that a rollback does not undo
     * @throws DatabaseException if PostgreSQL refuses it, or does not answer
     */
    public <T> T inTransaction(Work<T> work) {
        return isInTransaction() ? with(work) : begin(work);
    }

    /** Whether the thread has a transaction, which work would join. */
    public boolean isInTransaction() {
        return isInJta() || OPEN.isBound();
    }

    /** As {@link #inTransaction}, but always in a new transaction on another connection. */
    public <T> T inNewTransaction(Work<T> work) {
        return isInJta()
                ? QuarkusTransaction.suspendingExisting().call(() -> begin(work))
                : begin(work);
    }

    /**
     * Runs {@code action} after the thread's transaction has committed, and never if it does not
     * commit. Runs it at once if there is no transaction, or if another such action calls this. If
     * it fails, the failure is logged, since the commit stands.
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
                        "transaction repeated, attempt %d failed: %s",
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
                // The commit stands, so neither the caller nor the other actions fail.
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

    /** A lost connection does not undo what was committed on it. */
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
