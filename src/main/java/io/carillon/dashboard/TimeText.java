package io.carillon.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats instants, in UTC, and durations for the page. */
final class TimeText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME_MILLIS =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter FULL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private TimeText() {}

    /** Returns date and time of day to the second. */
    static String full(Instant at) {
        return FULL.format(at);
    }

    /** Returns the time of day to the minute, after month and day if that is not today. */
    static String shortly(Instant at, Instant now) {
        String full = FULL.format(at);
        return full.substring(full.startsWith(DAY.format(now)) ? 11 : 5, 16);
    }

    /** Returns the largest unit of a duration, such as "7 s", "3 min", "5 h" or "12 d". */
    static String roughly(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        if (seconds < 48 * 3600) {
            return seconds / 3600 + " h";
        }
        return seconds / (24 * 3600) + " d";
    }

    /**
     * Returns the time of day, after the date if that is not today; with milliseconds unless zero.
     */
    static String at(Instant at, Instant now) {
        boolean whole = Math.floorMod(at.toEpochMilli(), 1000) == 0;
        String time = (whole ? TIME : TIME_MILLIS).format(at);
        return DAY.format(at).equals(DAY.format(now)) ? time : DAY.format(at) + " " + time;
    }

    /** Returns a duration such as "7 ms", "1.25 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 0) {
            return "-" + of(duration.negated());
        }
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
        }
        long seconds = millis / 1000;
        if (seconds < 3600) {
            return of(seconds / 60, "min", seconds % 60, "s");
        }
        long minutes = seconds / 60;
        if (minutes < 24 * 60) {
            return of(minutes / 60, "h", minutes % 60, "min");
        }
        return of(minutes / (24 * 60), "d", minutes / 60 % 24, "h");
    }

    private static String of(long large, String unit, long small, String smallUnit) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }
}
