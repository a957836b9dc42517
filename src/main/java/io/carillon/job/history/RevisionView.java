package io.carillon.job.history;

import io.carillon.definition.JobDefinition;
import io.carillon.job.FieldChange;
import io.carillon.job.JobChange;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a version of a job to clients. */
@Schema(name = "JobRevision")
@RegisterForReflection
public record RevisionView(
        @Schema(examples = "3") long version,
        @Schema(description = "Since when it is or was in force") Instant at,
        @Schema(examples = "anonymous") String actor,
        @Schema(examples = "CHANGED") JobChange change,
        @Schema(description = "Note given when the job was paused") @Nullable String note,
        @Schema(
                        description =
                                "The fields that differ from the version before; absent for the oldest known one",
                        examples = "{\"timeout\": {\"before\": \"PT30S\", \"after\": \"PT1M30S\"}}")
                @Nullable Map<String, FieldChange> changes,
        JobDefinition definition) {

    /** A page of versions, newest first; the first is the one in force. */
    @Schema(name = "JobRevisionPage")
    @RegisterForReflection
    public record Page(
            List<RevisionView> items,
            @Schema(examples = "1") int page,
            @Schema(examples = "20") int limit,
            @Schema(examples = "4") long totalCount,
            @Schema(examples = "1") long totalPages) {}
}
