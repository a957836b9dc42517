package io.carillon.execution.api;

import io.carillon.execution.ledger.ExecutionView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of executions; {@code nextCursor} is absent on the last. */
@Schema(name = "ExecutionPage")
@RegisterForReflection
public record ExecutionPage(
        List<ExecutionView> items,
        @Schema(description = "Give it as `cursor` for the page after this")
                @Nullable String nextCursor) {

    /**
     * @param found one more than {@code limit} if another page follows
     * @param cursor returns the cursor for the page after an execution
     */
    public static ExecutionPage of(
            List<ExecutionView> found, int limit, Function<ExecutionView, String> cursor) {
        if (found.size() <= limit) {
            return new ExecutionPage(found, null);
        }
        var items = List.copyOf(found.subList(0, limit));
        return new ExecutionPage(items, cursor.apply(items.getLast()));
    }
}
