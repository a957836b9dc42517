package io.carillon.handler.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the header {@code Retry-After}, RFC 9110 §10.2.3: seconds, or a date in any of HTTP's three
 * forms.
 */
final class RetryAfter {
    /** A target may delay an attempt for a day, not for ever. */
    static final Duration LONGEST = Duration.ofDays(1);

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private RetryAfter() {}

    /**
     * @param now the time from which seconds count
     * @return empty if there is no such header, or it cannot be read
     */
    static Optional<Instant> parse(Optional<String> header, Instant now) {
        return header.map(String::trim)
                .flatMap(value -> instantOf(value, now))
                .map(at -> at.isAfter(now.plus(LONGEST)) ? now.plus(LONGEST) : at);
    }

    private static Optional<Instant> instantOf(String value, Instant now) {
        if (value.matches("\\d{1,10}")) {
            return Optional.of(now.plusSeconds(Long.parseLong(value)));
        }
        return Stream.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)
                .flatMap(format -> dateOf(value, format).stream())
                .findFirst();
    }

    private static Optional<Instant> dateOf(String value, DateTimeFormatter format) {
        try {
            return Optional.of(format.parse(value, Instant::from));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** RFC 9110 §5.6.7: a year of two digits is never more than fifty years in the future. */
    private static DateTimeFormatter rfc850(Instant now) {
        int earliest = now.atOffset(ZoneOffset.UTC).getYear() - 49;
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, earliest)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }
}
