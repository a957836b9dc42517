package io.carillon.schedule;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads durations as people write them: {@code 500ms}, {@code 30s}, {@code 1h30m}, {@code 7d}, or
 * ISO 8601 ({@code PT30S}, {@code P7D}).
 *
 * <p>A day is 24 hours and a week 7 days, regardless of changes of clocks. Months and years have no
 * fixed length and are refused.
 */
public final class DurationText {

    /** The longest duration: longer than any service needs, and far from every overflow. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final int LONGEST_TEXT = 64;

    /** From large to small, the order in which they must be written. */
    private static final List<Unit> UNITS =
            List.of(
                    new Unit("w", "week", Duration.ofDays(7)),
                    new Unit("d", "day", Duration.ofDays(1)),
                    new Unit("h", "hour", Duration.ofHours(1)),
                    new Unit("m", "minute", Duration.ofMinutes(1)),
                    new Unit("s", "second", Duration.ofSeconds(1)),
                    new Unit("ms", "millisecond", Duration.ofMillis(1)));

    /** In lower case only: "M" could be a minute or a month. */
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|[wdhms])");

    private static final String EXPECTED =
            "expected a duration such as \"500ms\", \"30s\", \"1h30m\", \"7d\" or ISO 8601"
                    + " \"PT30S\"";

    private record Unit(String symbol, String name, Duration length) {}

    private DurationText() {}

    /**
     * Parses a duration, zero or longer, at most 100 years.
     *
     * @throws IllegalArgumentException with a message for people if the text is not a duration
     */
    public static Duration parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException(EXPECTED + ", found nothing");
        }
        if (trimmed.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    EXPECTED + ", found " + trimmed.length() + " characters");
        }
        if (trimmed.indexOf('-') >= 0) {
            throw refused(trimmed, "a duration cannot be negative");
        }
        Duration duration =
                Character.toUpperCase(trimmed.charAt(0)) == 'P'
                        ? parseIso(trimmed)
                        : parseParts(trimmed);
        if (duration.compareTo(LONGEST) > 0) {
            throw tooLong(trimmed);
        }
        return duration;
    }

    /**
     * Returns the duration of a number of seconds, zero or longer, at most 100 years; fractions of
     * a nanosecond are dropped.
     *
     * @throws IllegalArgumentException with a message for people if it is out of range
     */
    public static Duration ofSeconds(BigDecimal seconds) {
        // Compares first: writing out 1e999999 would take all memory.
        if (seconds.signum() < 0) {
            throw new IllegalArgumentException("a duration cannot be negative");
        }
        if (seconds.compareTo(BigDecimal.valueOf(LONGEST.toSeconds())) > 0) {
            throw new IllegalArgumentException(
                    "a number is seconds, and a duration at most 100 years (36525d)");
        }
        BigDecimal nanos = seconds.movePointRight(9).setScale(0, RoundingMode.DOWN);
        return Duration.ofNanos(nanos.longValueExact());
    }

    /** Returns a duration in words, such as "24 hours" or "1 hour 30 minutes"; never in days. */
    public static String inWords(Duration duration) {
        List<String> parts = new ArrayList<>();
        Duration rest = duration;
        for (Unit unit : UNITS) {
            // "24 hours" and "7 days" are what people wrote; "1 week 3 days" hides the distance.
            boolean exactOnly = unit.length().compareTo(Duration.ofDays(1)) >= 0;
            long count = rest.dividedBy(unit.length());
            boolean exact = unit.length().multipliedBy(count).equals(rest);
            if (count == 0 || (exactOnly && (!exact || count == 1))) {
                continue;
            }
            parts.add(count + " " + unit.name() + (count == 1 ? "" : "s"));
            rest = rest.minus(unit.length().multipliedBy(count));
        }
        return parts.isEmpty() ? "0 seconds" : String.join(" ", parts);
    }

    private static Duration parseIso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            // The JDK reports overflow and bad syntax in the same way.
            Matcher calendar =
                    Pattern.compile("[YW]|^P[^T]*M").matcher(text.toUpperCase(Locale.ROOT));
            if (calendar.find()) {
                throw refused(text, "write weeks, months and years as days");
            }
            if (text.matches("(?i)P(T?[0-9.,]+[DHMS])+")) {
                throw tooLong(text);
            }
            throw refused(text, "this is not ISO 8601, as in \"PT1H30M\" or \"P7D\"");
        }
    }

    private static Duration parseParts(String text) {
        Matcher matcher = PART.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int position = 0;
        int lastUnit = -1;
        while (position < text.length()) {
            if (!matcher.find(position) || matcher.start() != position) {
                throw refused(text, "character " + (position + 1) + " does not begin a part");
            }
            int unit = unitOf(matcher.group(2));
            if (unit <= lastUnit) {
                throw refused(text, "write each unit once, from large to small");
            }
            lastUnit = unit;
            BigDecimal length = BigDecimal.valueOf(UNITS.get(unit).length().toNanos());
            nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(length));
            position = matcher.end();
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw tooLong(text);
        }
        return Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    private static int unitOf(String symbol) {
        for (int i = 0; i < UNITS.size(); i++) {
            if (UNITS.get(i).symbol().equals(symbol)) {
                return i;
            }
        }
        throw new AssertionError(symbol);
    }

    private static IllegalArgumentException tooLong(String text) {
        return refused(text, "at most 100 years (36525d)");
    }

    private static IllegalArgumentException refused(String text, String reason) {
        return new IllegalArgumentException(
                EXPECTED + ", found \"" + Quotes.printable(text) + "\": " + reason);
    }
}
