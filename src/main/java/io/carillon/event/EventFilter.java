package io.carillon.event;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects events; null components do not restrict.
 *
 * @param namespaces if given, events of no namespace do not pass
 * @param kinds each a kind, or a subject such as {@code execution}; empty: all
 */
public record EventFilter(
        @Nullable Set<String> namespaces,
        @Nullable UUID jobId,
        @Nullable UUID executionId,
        Set<String> kinds) {

    /** Whether an event passes. */
    public boolean passes(EventView event) {
        return (namespaces == null
                        || event.namespace() != null && namespaces.contains(event.namespace()))
                && (jobId == null || jobId.equals(event.jobId()))
                && (executionId == null || executionId.equals(event.executionId()))
                && (kinds.isEmpty()
                        || kinds.contains(event.kind())
                        || kinds.contains(event.kind().substring(0, event.kind().indexOf('.'))));
    }
}
