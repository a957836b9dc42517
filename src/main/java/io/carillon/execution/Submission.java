package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * An execution without a job, with every default filled in; {@code runAt} in whole milliseconds.
 */
record Submission(
        String namespace,
        String type,
        JsonNode config,
        String queue,
        int priority,
        Instant runAt,
        Duration timeout,
        RetryPolicy retry,
        Delivery delivery,
        Map<String, String> labels) {}
