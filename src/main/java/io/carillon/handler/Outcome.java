package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of an attempt. */
public sealed interface Outcome {
    /** What the handler has to say, for the execution's {@code result}; null for nothing. */
    @Nullable JsonNode result();

    record Success(@Nullable JsonNode result) implements Outcome {}

    /**
     * @param code stable and upper-case, such as {@code HTTP_STATUS}
     * @param retryable false when another attempt could not end otherwise
     * @param retryAt not before this instant; null to leave it to the retry policy
     */
    record Failure(
            String code,
            String message,
            boolean retryable,
            @Nullable Instant retryAt,
            @Nullable JsonNode result)
            implements Outcome {}

    static Outcome success() {
        return new Success(null);
    }

    static Outcome failure(String code, String message) {
        return new Failure(code, message, true, null, null);
    }
}
