package io.carillon.database;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells failures apart by SQLSTATE: PostgreSQL is away and the same statement may succeed later, a
 * row is at fault and would be refused again, or two transactions met and one may begin anew.
 */
public final class SqlFailures {
    /**
     * Connection, resources (a full disk too), operator intervention, deadlock, lock timeout,
     * read-only: the same statement may succeed later.
     */
    private static final List<String> AWAY = List.of("08", "53", "57", "40", "55", "25006");

    /**
     * Classes that speak of values: cardinality, data, constraint, program limit (the largest jsonb
     * is one), feature not supported, what a trigger raises, and internal errors, which is what a
     * value that is too large for memory is.
     */
    private static final Set<String> OF_VALUES = Set.of("21", "22", "23", "54", "0A", "P0", "XX");

    /** Deadlock, and a serialization failure: the same transaction may succeed at once. */
    private static final Set<String> OF_CONCURRENCY = Set.of("40P01", "40001");

    private SqlFailures() {}

    /** Whether PostgreSQL is away, too busy, or takes no writes, whatever the statement. */
    public static boolean isAway(SQLException failure) {
        String state = failure.getSQLState();
        // Agroal reports an exhausted or unreachable pool without a state.
        return state == null || AWAY.stream().anyMatch(state::startsWith);
    }

    /**
     * Whether something failed because of what is in a row: PostgreSQL refused a value, or it could
     * not even be read or made a parameter. False when the database is away, full, read-only or
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

    /** Whether the transaction was chosen to end a deadlock, or met another one. */
    static boolean isOfConcurrency(Throwable failure) {
        var refused = sqlException(failure);
        return refused != null
                && refused.getSQLState() != null
                && OF_CONCURRENCY.contains(refused.getSQLState());
    }

    /**
     * Returns what PostgreSQL said, or else the failure itself. Without its details, which hold the
     * values of the row.
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
