package io.carillon.database;

/**
 * PostgreSQL could not be reached, refused, or ended the connection; the same call may succeed
 * later.
 */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message is {@code what} failed and why: what {@code cause}, hence PostgreSQL, says. */
    public DatabaseUnavailableException(String what, Throwable cause) {
        super(cause.getMessage() == null ? what : what + ": " + cause.getMessage(), cause);
    }
}
