package io.carillon.database;

import java.sql.SQLException;

/**
 * Thrown when PostgreSQL was away or refused something; {@link SqlFailures} tells which, and
 * whether a retry may succeed. Only {@link Database} makes it.
 */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * The message says which of the two happened, and repeats PostgreSQL's message from {@code
     * cause}.
     */
    DatabaseException(SQLException cause) {
        super(
                (SqlFailures.isAway(cause)
                                ? "PostgreSQL is away or busy: "
                                : "PostgreSQL refused: ")
                        + cause.getMessage(),
                cause);
    }
}
