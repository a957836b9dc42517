package io.carillon.handler.data;

import io.carillon.datasource.Datasources;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.Outcome;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Runs the SQL of an attempt in a session and a transaction of its own. When the attempt is
 * interrupted, the database is told to stop.
 */
@ApplicationScoped
class SqlRuns {
    private final Datasources datasources;

    SqlRuns(Datasources datasources) {
        this.datasources = datasources;
    }

    /** Returns why it failed; null if it succeeded, and then the work has the rows. */
    Outcome.@Nullable Failure run(SqlWork work, String datasource, ExecutionContext<?> context)
            throws InterruptedException {
        var lack = datasources.lack(datasource, context.namespace());
        if (lack.isPresent()) {
            return Outcome.failure("INVALID_JOB", lack.get()).notRetryable().withoutEffect();
        }
        Connection connection;
        try {
            connection = datasources.open(datasource, context.timeout());
        } catch (SQLException failure) {
            stopIfInterrupted();
            return SqlErrors.noSession(failure, datasource);
        }
        try {
            return attempt(work, connection, datasource, context);
        } finally {
            close(connection);
        }
    }

    private Outcome.@Nullable Failure attempt(
            SqlWork work, Connection connection, String datasource, ExecutionContext<?> context)
            throws InterruptedException {
        int pid = 0;
        try {
            pid = connection.unwrap(PGConnection.class).getBackendPID();
            work.run(connection, context.timeout());
            return null;
        } catch (SQLException failure) {
            if (Thread.interrupted()) {
                cancel(datasource, pid);
                throw new InterruptedException();
            }
            return SqlErrors.of(failure, work.mayBeCommitted());
        }
    }

    /** An interrupted call has closed its connection, which the database does not see. */
    private void cancel(String datasource, int pid) {
        try {
            datasources.cancel(datasource, pid);
        } catch (SQLException unreachable) {
            Log.debugf("not cancelled pid=%d: %s", pid, unreachable.getMessage());
        }
    }

    /** A session that does not close undoes no commit. */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException lost) {
            Log.debugf("session lost after its transaction: %s", lost.getMessage());
        }
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
