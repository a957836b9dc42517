package io.carillon.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds one thing that happened, as it is stored; the parts that do not apply are null.
 *
 * @param kind subject and verb, such as {@code execution.failed}
 * @param reason why an execution was skipped or cancelled
 * @param code of the error of a failed attempt
 * @param actor who made a change
 * @param details of a change, as the audit log has them, without its before and after
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record EventItem(
        String kind,
        @Nullable UUID jobId,
        @Nullable UUID executionId,
        @Nullable String type,
        @Nullable Integer attempt,
        @Nullable String reason,
        @Nullable String code,
        @Nullable String actor,
        @Nullable Map<String, ?> details) {

    private static final Pattern KIND = Pattern.compile("[a-z_]+\\.[a-z_]+");

    public EventItem {
        if (kind == null || !KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("no kind of event: " + kind);
        }
    }

    /** Something that happened to an execution. */
    public static EventItem ofExecution(
            String kind,
            UUID executionId,
            @Nullable UUID jobId,
            String type,
            int attempt,
            @Nullable String reason,
            @Nullable String code) {
        return new EventItem(kind, jobId, executionId, type, attempt, reason, code, null, null);
    }

    /** Whether it is made of what {@link #ofExecution} takes. */
    boolean isOfExecution() {
        return executionId != null && actor == null && details == null;
    }

    /** Something that was changed, or that became of a worker. */
    public static EventItem ofChange(
            String kind, @Nullable UUID jobId, @Nullable String actor, Map<String, ?> details) {
        return new EventItem(kind, jobId, null, null, null, null, null, actor, details);
    }
}
