package io.carillon.job;

import io.carillon.definition.JobDefinition;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A version of a job.
 *
 * @param at since when it is, or was, in force: later instants belong to it, this one does not
 * @param note of a paused job: the note given when it was paused
 */
public record Revision(
        long version,
        JobDefinition definition,
        Instant at,
        String actor,
        JobChange change,
        @Nullable String note) {

    /** Whether nothing fires under it. */
    public boolean isPaused() {
        return !Objects.equals(definition.enabled(), true);
    }

    public boolean isDeleted() {
        return change == JobChange.DELETED;
    }
}
