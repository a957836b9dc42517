package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.definition.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an execution without a job, with every default filled in.
 *
 * @param runAt in whole milliseconds
 * @param isNow whether {@code runAt} means as soon as possible, rather than a requested time
 * @param weight how many slots of a worker it takes
 * @param startDeadline counted from {@code runAt}; null: no limit
 * @param dependsOn the executions it was submitted to wait for
 * @param waitsFor the dependencies that have not ended
 * @param cancelReason why it is cancelled at once, because a dependency has failed; null if it is
 *     not
 * @param isFollowed whether another of the same batch depends on it
 */
public record Submission(
        UUID id,
        String namespace,
        String type,
        JsonNode config,
        String queue,
        int priority,
        Instant runAt,
        boolean isNow,
        Duration timeout,
        RetryPolicy retry,
        Delivery delivery,
        int weight,
        @Nullable Duration startDeadline,
        Map<String, String> labels,
        List<UUID> dependsOn,
        OnDependencyFailure onDependencyFailure,
        List<UUID> waitsFor,
        @Nullable String cancelReason,
        boolean isFollowed) {

    public Submission dependingOn(
            List<UUID> all, List<UUID> unended, @Nullable String reason, boolean followed) {
        return new Submission(
                id,
                namespace,
                type,
                config,
                queue,
                priority,
                runAt,
                isNow,
                timeout,
                retry,
                delivery,
                weight,
                startDeadline,
                labels,
                all,
                onDependencyFailure,
                unended,
                reason,
                followed);
    }
}
