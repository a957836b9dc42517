package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An execution this worker has taken; {@code epoch} is what every write to it must name. */
record Claim(
        UUID id,
        Instant scheduledAt,
        Instant plannedAt,
        long epoch,
        @Nullable UUID jobId,
        String namespace,
        String type,
        int attempt,
        int maxAttempts,
        Delivery delivery,
        Duration timeout,
        JsonNode config,
        RetryPolicy retry,
        Duration startDelay) {}
