package io.carillon.database;

/** PostgreSQL could not be reached or ended the connection; the same call may succeed later. */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DatabaseUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
