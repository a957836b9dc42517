package io.carillon.placeholder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds what placeholders may use of the execution that an execution follows.
 *
 * @param executionId null if there is none; then all is null
 * @param jobId null for a submission
 * @param jobName null for a submission
 * @param errorCode null if it has not failed
 * @param errorMessage null if it has not failed
 * @param result null for none
 */
public record Cause(
        @Nullable UUID executionId,
        @Nullable UUID jobId,
        @Nullable String jobName,
        @Nullable String state,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable JsonNode result) {
    /** The cause of an execution that follows no other. */
    public static final Cause NONE = new Cause(null, null, null, null, null, null, null);
}
