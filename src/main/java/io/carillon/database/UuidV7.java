package io.carillon.database;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Time-ordered ids: UUID version 7, RFC 9562 §5.7. Unique, but not secret. */
public final class UuidV7 {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

    private UuidV7() {}

    /** A new id whose timestamp is {@code at}, in whole milliseconds; 1970 to the year 10889. */
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
     * The timestamp of an id, in milliseconds since 1970; of another version it is an arbitrary
     * number.
     */
    public static long epochMillis(UUID id) {
        return id.getMostSignificantBits() >>> 16;
    }
}
