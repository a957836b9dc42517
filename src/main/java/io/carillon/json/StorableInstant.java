package io.carillon.json;

import java.time.DateTimeException;
import java.time.Instant;

/** Checks that a UUIDv7, a day of the ledger and PostgreSQL can all hold an instant. */
public final class StorableInstant {
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("2200-12-31T23:59:59.999Z");

    private StorableInstant() {}

    /**
     * Returns the instant.
     *
     * @throws DateTimeException if it is outside 1970 to 2200
     */
    public static Instant check(Instant instant) {
        if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
            throw new DateTimeException("outside 1970 to 2200");
        }
        return instant;
    }
}
