package io.carillon.handler.http;

import java.util.Map;
import java.util.Optional;

/**
 * Holds the answer of a target.
 *
 * @param headers by name, ignoring case; several values of a name are joined by commas
 */
public record Answer(int status, Map<String, String> headers, CappedBody body) {
    /** Returns the value of a header, if there is one. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
