package io.carillon.placeholder;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the facts of an attempt that placeholders may use.
 *
 * @param jobId null for a submission
 * @param jobName null for a submission
 * @param cause read only where a placeholder uses it; else {@link Cause#NONE}
 * @param callbackUrl where the target may answer later; null: nowhere
 */
public record Facts(
        UUID executionId,
        @Nullable UUID jobId,
        @Nullable String jobName,
        String namespace,
        int attempt,
        Instant scheduledAt,
        Instant now,
        @Nullable String callbackUrl,
        Cause cause) {
    /** Sample facts, to check what a filled config would be like. */
    static final Facts SAMPLE =
            new Facts(
                    new UUID(0, 0),
                    new UUID(0, 0),
                    "job",
                    "default",
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    "https://carillon.example.com/api/v1/callbacks/token",
                    Cause.NONE);
}
