package io.carillon.database;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Classifies failures by SQLSTATE. PostgreSQL is away, and the same statement may succeed later; or
 * a row is at fault and would be refused again; or two transactions conflicted, and one may start
 * again.
 */
public final class SqlFailures {
    /**
     * Connection, resources (a full disk too), operator intervention, deadlock, lock timeout,
     * read-only: the same statement may succeed later.
     */
    private static final List<String> AWAY = List.of("08", "53", "57", "40", "55", "25006");

    /**
     * Classes of failures caused by values: cardinality, data, constraint, program limit (such as
     * the size of a jsonb), feature not supported, errors that a trigger raises, and internal
     * errors, which a value too large for memory causes.
     */
    private static final Set<String> OF_VALUES = Set.of("21", "22", "23", "54", "0A", "P0", "XX");

    /** Deadlock, and a serialization failure: the same transaction may succeed at once. */
    private static final Set<String> OF_CONCURRENCY = Set.of("40P01", "40001");

    private SqlFailures() {}

    /** Whether PostgreSQL is away, too busy or accepts no writes, whatever the statement. */
    public static boolean isAway(SQLException failure) {
        String state = failure.getSQLState();
        // Agroal reports an exhausted or unreachable pool without an SQLSTATE.
        return state == null || AWAY.stream().anyMatch(state::startsWith);
    }

    /**
     * Whether something failed because of a row's content: PostgreSQL refused a value, or the value
     * could not be read or passed as a parameter. False if the database is away, full, read-only or
     * busy, or this process has no memory left.
     */
    public static boolean isOfRow(Throwable failure) {
        var refused = sqlException(failure);
        if (refused == null) {
            return !(failure instanceof OutOfMemoryError);
        }
        String state = refused.getSQLState();
        return state != null && state.length() == 5 && OF_VALUES.contains(state.substring(0, 2));
    }

    /**
     * Whether PostgreSQL ended the transaction because of a deadlock or a serialization failure.
     */
    static boolean isOfConcurrency(Throwable failure) {
        var refused = sqlException(failure);
        return refused != null
                && refused.getSQLState() != null
                && OF_CONCURRENCY.contains(refused.getSQLState());
    }

    /**
     * Returns PostgreSQL's message, or else the failure's own. Leaves out the details, which hold
     * the row's values.
     */
    public static String message(Throwable failure) {
        var refused = sqlException(failure);
        if (refused instanceof PSQLException said
                && said.getServerErrorMessage() instanceof ServerErrorMessage told
                && told.getMessage() instanceof String message) {
            return message;
        }
        return refused == null || refused.getMessage() == null
                ? failure.toString()
                : refused.getMessage();
    }

    private static @Nullable SQLException sqlException(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLException refused) {
                return refused;
            }
        }
        return null;
    }
}
