package io.carillon.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.handler.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Defines what remote workers and targets that answer later report alike. */
final class Reports {
    private Reports() {}

    /** Reports that work has failed. */
    interface Failure {
        String code();

        String message();

        @Nullable Boolean retryable();

        @Nullable Duration retryAfter();

        @Nullable JsonNode result();

        /** Returns the outcome of the attempt; it is retryable unless this says otherwise. */
        default Outcome outcome(Instant now) {
            return new Outcome.Failure(
                    code(),
                    message(),
                    !Boolean.FALSE.equals(retryable()),
                    retryAfter() == null ? null : now.plus(retryAfter()),
                    false,
                    false,
                    result());
        }
    }

    /** Reports how far work has come. */
    interface Progress {
        @Nullable Integer percent();

        @Nullable String message();

        /** Returns what is known of it, as it is stored. */
        default Map<String, Object> stored() {
            var stored = new HashMap<String, Object>();
            if (percent() != null) {
                stored.put("percent", percent());
            }
            if (message() != null) {
                stored.put("message", message());
            }
            return stored;
        }
    }
}
