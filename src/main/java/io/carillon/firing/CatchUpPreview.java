package io.carillon.firing;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows what resuming a job would do with the instants it has missed.
 *
 * @param skipped how many would be skipped, by reason
 * @param next when the trigger would be due next; null: never
 */
@RegisterForReflection
public record CatchUpPreview(
        long executed,
        @Nullable Instant firstExecuted,
        @Nullable Instant lastExecuted,
        Map<String, Long> skipped,
        @Nullable Instant next) {

    static CatchUpPreview nothing(@Nullable Instant next) {
        return new CatchUpPreview(0, null, null, Map.of(), next);
    }

    /** Returns this preview plus the effects of a further decision. */
    CatchUpPreview and(CatchUp.Decision decision) {
        var reasons = new TreeMap<>(skipped);
        for (var range : decision.skipped()) {
            reasons.merge(range.reason().name(), range.count(), Long::sum);
        }
        var execute = decision.execute();
        return new CatchUpPreview(
                executed + execute.size(),
                firstExecuted == null && !execute.isEmpty() ? execute.getFirst() : firstExecuted,
                execute.isEmpty() ? lastExecuted : execute.getLast(),
                reasons,
                decision.next());
    }

    public long skippedInAll() {
        return skipped.values().stream().mapToLong(Long::longValue).sum();
    }
}
