package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0                             | 2026-11-24T12:00:00Z
                    120                           | 2026-11-24T12:02:00Z
                    Tue, 24 Nov 2026 12:00:30 GMT | 2026-11-24T12:00:30Z
                    Sun, 06 Nov 1994 08:49:37 GMT | 1994-11-06T08:49:37Z
                    Sunday, 06-Nov-94 08:49:37 GMT | 1994-11-06T08:49:37Z
                    Tuesday, 24-Nov-26 12:00:30 GMT | 2026-11-24T12:00:30Z
                    Tue Nov 24 12:00:30 2026      | 2026-11-24T12:00:30Z
                    Sun Nov  6 08:49:37 1994      | 1994-11-06T08:49:37Z
                    9999999999                    | 2026-11-25T12:00:00Z
                    Fri, 01 Jan 2190 00:00:00 GMT | 2026-11-25T12:00:00Z
                    """)
    void secondsAndDatesAreReadAndADayIsTheLongest(String header, Instant at) {
        assertThat(parse(" " + header + " ")).hasValue(at);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "-1", "1.5", "99999999999", "2026-11-24T12:00:00Z", "\u0661"})
    void whatCannotBeReadIsNoHeader(String header) {
        assertThat(parse(header)).isEmpty();
    }

    @Test
    void noHeaderIsNone() {
        assertThat(RetryAfter.parse(Optional.empty(), NOW)).isEmpty();
    }

    private static Optional<Instant> parse(String header) {
        return RetryAfter.parse(Optional.of(header), NOW);
    }
}
