package io.carillon.job;

import io.carillon.definition.JobDefinition;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A version of a job.
 *
 * @param at since when it is or was in force; it applies to instants after this one, exclusive
 * @param note the note given when the job was paused; null if it is not paused or has none
 */
public record Revision(
        long version,
        JobDefinition definition,
        Instant at,
        String actor,
        JobChange change,
        @Nullable String note) {

    /** Whether the job is paused in this version. */
    public boolean isPaused() {
        return !Objects.equals(definition.enabled(), true);
    }

    public boolean isDeleted() {
        return change == JobChange.DELETED;
    }
}
