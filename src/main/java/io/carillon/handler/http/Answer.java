package io.carillon.handler.http;

import java.util.Map;
import java.util.Optional;

/**
 * Holds the answer of a target.
 *
 * @param headers by name in any case; of several of a name the values are joined by commas
 */
record Answer(int status, Map<String, String> headers, CappedBody body) {
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
