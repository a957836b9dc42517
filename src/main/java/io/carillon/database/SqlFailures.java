package io.carillon.database;

import java.sql.SQLException;
import java.util.List;

/**
 * Tells failures of statements apart by SQLSTATE: the server is away, or the statement's data are
 * at fault.
 */
public final class SqlFailures {
    /**
     * Connection, resources (a full disk too), operator intervention, deadlock, lock timeout,
     * read-only: the same statement may succeed later.
     */
    private static final List<String> AWAY = List.of("08", "53", "57", "40", "55", "25006");

    /** Cardinality, data, constraints, limits of a row or a statement, and what triggers raise. */
    private static final List<String> OF_DATA = List.of("21", "22", "23", "54", "P0");

    private SqlFailures() {}

    /** Whether PostgreSQL is away, too busy, or takes no writes, whatever the statement. */
    public static boolean isAway(SQLException failure) {
        String state = failure.getSQLState();
        // Agroal reports an exhausted or unreachable pool without a state.
        return state == null || AWAY.stream().anyMatch(state::startsWith);
    }

    /** Whether it may be for what the statement wrote or read, so that another may succeed now. */
    public static boolean isOfData(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state != null && OF_DATA.stream().anyMatch(state::startsWith);
            }
        }
        return failure instanceof RuntimeException || failure instanceof StackOverflowError;
    }
}
