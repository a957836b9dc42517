package io.carillon.database;

import java.sql.SQLException;

/**
 * Says that PostgreSQL was away or refused something; {@link SqlFailures} tells which, and whether
 * the same may succeed later. Made by {@link Database} alone.
 */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message says which of the two, and what {@code cause}, hence PostgreSQL, says. */
    DatabaseException(SQLException cause) {
        super(
                (SqlFailures.isAway(cause)
                                ? "PostgreSQL is away or busy: "
                                : "PostgreSQL refused: ")
                        + cause.getMessage(),
                cause);
    }
}
