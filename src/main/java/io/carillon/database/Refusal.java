package io.carillon.database;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells what is refused for the sake of a row, and would be refused again, from what is refused to
 * everybody, and may be taken later.
 */
public final class Refusal {
    /**
     * Classes of SQLSTATE that speak of values: no cardinality, data, constraint, program limit
     * (the largest jsonb is one), feature not supported, and internal errors, which is what a value
     * that is too large for memory is.
     */
    private static final Set<String> OF_VALUES = Set.of("21", "22", "23", "54", "0A", "XX");

    /** Deadlock, and a serialization failure: the same transaction may succeed at once. */
    private static final Set<String> OF_CONCURRENCY = Set.of("40P01", "40001");

    private Refusal() {}

    /**
     * Whether a batch failed because of what is in it: PostgreSQL refused a value, or it could not
     * even be made a parameter. False when the database is away, full, read-only or busy, or this
     * process has no memory left.
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
    static boolean isOfConcurrency(SQLException failure) {
        return failure.getSQLState() != null && OF_CONCURRENCY.contains(failure.getSQLState());
    }

    /**
     * What PostgreSQL said, or else the failure itself. Without its details, which hold the values
     * of the row.
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
