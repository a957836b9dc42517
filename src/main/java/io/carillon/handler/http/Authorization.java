package io.carillon.handler.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Authorization} of a call.
 *
 * @param value null to send none
 * @param keptAs under which name the access token was kept; null if it was not kept, so that the
 *     target has been shown the newest there is
 * @param hidden what must not be kept of an answer that repeats it
 */
record Authorization(@Nullable String value, @Nullable String keptAs, Set<String> hidden) {
    static final Authorization NONE = new Authorization(null, null, Set.of());
}
