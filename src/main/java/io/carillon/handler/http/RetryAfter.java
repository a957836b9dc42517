package io.carillon.handler.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After}, RFC 9110 §10.2.3: seconds, or a date. */
final class RetryAfter {
    /** A target may put an attempt off for a day, not for ever. */
    static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /**
     * @param now from which seconds count
     * @return empty when there is no such header, or it cannot be read
     */
    static Optional<Instant> parse(Optional<String> header, Instant now) {
        return header.map(String::trim)
                .flatMap(value -> instantOf(value, now))
                .map(at -> at.isAfter(now.plus(LONGEST)) ? now.plus(LONGEST) : at);
    }

    private static Optional<Instant> instantOf(String value, Instant now) {
        try {
            return value.matches("\\d{1,10}")
                    ? Optional.of(now.plusSeconds(Long.parseLong(value)))
                    : Optional.of(
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }
}
