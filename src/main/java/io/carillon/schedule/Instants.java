package io.carillon.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Converts between {@link Instant} and epoch milliseconds or seconds without overflow: an instant
 * outside the years 1970 to 9999 counts as just outside, where nothing is planned.
 */
final class Instants {

    /** No planned instant is earlier. */
    static final Instant EARLIEST = Instant.EPOCH;

    /** No planned instant is later: RFC 3339 has no year above 9999. */
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private Instants() {}

    static boolean isPlannable(Instant instant) {
        return !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST);
    }

    /** The latest whole millisecond that is not later than the instant. */
    static long floorMillis(Instant instant) {
        if (instant.isBefore(EARLIEST)) {
            return -1;
        }
        return instant.isAfter(LATEST) ? LATEST.toEpochMilli() + 1 : instant.toEpochMilli();
    }

    /** The last whole millisecond strictly earlier than the instant. */
    static long lastMillisBefore(Instant instant) {
        long floor = floorMillis(instant);
        boolean exact = instant.truncatedTo(ChronoUnit.MILLIS).equals(instant);
        return exact ? floor - 1 : floor;
    }

    /** The last whole second strictly earlier than the instant. */
    static long lastSecondBefore(Instant instant) {
        return instant.getNano() == 0 ? instant.getEpochSecond() - 1 : instant.getEpochSecond();
    }

    /** The first whole second that is not earlier than the instant. */
    static long ceilingSecond(Instant instant) {
        return lastSecondBefore(instant) + 1;
    }

    /** The instant one nanosecond earlier, or the earliest of all. */
    static Instant justBefore(Instant instant) {
        return instant.equals(Instant.MIN) ? instant : instant.minusNanos(1);
    }

    /** The instant one nanosecond later, or the latest of all. */
    static Instant justAfter(Instant instant) {
        return instant.equals(Instant.MAX) ? instant : instant.plusNanos(1);
    }

    static Instant truncated(Instant instant) {
        return Instant.ofEpochMilli(floorMillis(instant));
    }
}
