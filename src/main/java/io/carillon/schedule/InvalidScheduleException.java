package io.carillon.schedule;

/**
 * Thrown when a text or an object is not a schedule. The message says where the error is, and what
 * was expected.
 */
public final class InvalidScheduleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final boolean neverFires;

    private InvalidScheduleException(String field, String message, boolean neverFires) {
        super(message);
        this.field = field;
        this.neverFires = neverFires;
    }

    static InvalidScheduleException malformed(String field, String message) {
        return new InvalidScheduleException(field, message, false);
    }

    static InvalidScheduleException neverFires(String field, String message) {
        return new InvalidScheduleException(field, message, true);
    }

    /**
     * Returns the JSON name under {@code schedule}, such as "cron" or "timeZone"; "" for the whole.
     */
    public String field() {
        return field;
    }

    /** Whether the schedule is well formed but never has a planned instant. */
    public boolean neverFires() {
        return neverFires;
    }
}
