package io.carillon.database;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes time-ordered ids: UUID version 7, RFC 9562 §5.7. They are unique, but not secret. */
public final class UuidV7 {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

    private UuidV7() {}

    /**
     * Returns a new id with the timestamp {@code at}, in whole milliseconds, from 1970 to the year
     * 10889.
     */
    public static UUID at(Instant at) {
        return at(at.toEpochMilli());
    }

    /** As {@link #at(Instant)}, from milliseconds since 1970. */
    public static UUID at(long epochMillis) {
        var random = ThreadLocalRandom.current();
        long high = (epochMillis << 16) | VERSION_7 | (random.nextLong() & 0xFFF);
        long low = VARIANT_2 | (random.nextLong() >>> 2);
        return new UUID(high, low);
    }

    /**
     * Returns the smallest id of {@code at}; no id of {@code at} or later is less. Times before
     * 1970 count as 1970.
     */
    public static UUID first(Instant at) {
        return new UUID(Math.max(0, at.toEpochMilli()) << 16, 0);
    }

    /** Returns the greatest id of {@code at}; no id of {@code at} or earlier is greater. */
    public static UUID last(Instant at) {
        return new UUID(Math.max(0, at.toEpochMilli()) << 16 | 0xFFFF, -1);
    }

    /**
     * Returns the timestamp of an id, in milliseconds since 1970; for other versions of UUID, an
     * arbitrary number.
     */
    public static long epochMillis(UUID id) {
        return id.getMostSignificantBits() >>> 16;
    }
}
