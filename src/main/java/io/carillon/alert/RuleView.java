package io.carillon.alert;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a rule to clients. */
@Schema(name = "Rule")
@RegisterForReflection
public record RuleView(
        UUID id,
        @Schema(description = "Grows with every change; used as the ETag", examples = "0")
                long version,
        @Schema(examples = "default") String namespace,
        @Schema(examples = "reports-fail") String name,
        boolean enabled,
        @Nullable UUID jobId,
        @Nullable Map<String, String> labels,
        @Schema(examples = "3") int failuresInARow,
        boolean everyFailure,
        @Schema(type = SchemaType.STRING, examples = "PT26H") @Nullable Duration noSuccessFor,
        @Schema(type = SchemaType.STRING, examples = "PT5M") @Nullable Duration lateBy,
        @Schema(type = SchemaType.STRING, examples = "PT1H") @Nullable Duration runsLongerThan,
        @Schema(type = SchemaType.STRING, examples = "PT6H") @Nullable Duration unfinishedAfter,
        boolean skipped,
        boolean notPlanned,
        @Nullable QueueCondition queue,
        @Nullable LostWorkers lostWorkers,
        boolean recovered,
        @Nullable Instant mutedUntil,
        @Schema(examples = "nights") @Nullable String quietDuring,
        @Schema(examples = "10") @Nullable Integer maxPerDay,
        @Nullable Webhook webhook,
        @Nullable Mail mail,
        @Nullable UUID runJobId,
        Instant createdAt,
        Instant updatedAt) {

    @Schema(name = "RulePage")
    @RegisterForReflection
    public record Page(
            List<RuleView> items,
            @Schema(examples = "1") int page,
            @Schema(examples = "20") int limit,
            @Schema(examples = "1") long totalCount,
            @Schema(examples = "1") long totalPages) {}

    /** The execution that sends a test message. */
    @Schema(name = "RuleTest")
    @RegisterForReflection
    record Test(UUID executionId) {}

    /** Returns the view for clients, with the values of headers masked. */
    RuleView shown() {
        return webhook == null
                ? this
                : new RuleView(
                        id,
                        version,
                        namespace,
                        name,
                        enabled,
                        jobId,
                        labels,
                        failuresInARow,
                        everyFailure,
                        noSuccessFor,
                        lateBy,
                        runsLongerThan,
                        unfinishedAfter,
                        skipped,
                        notPlanned,
                        queue,
                        lostWorkers,
                        recovered,
                        mutedUntil,
                        quietDuring,
                        maxPerDay,
                        webhook.shown(),
                        mail,
                        runJobId,
                        createdAt,
                        updatedAt);
    }

    Verdict.Asked asked() {
        return new Verdict.Asked(failuresInARow, everyFailure, recovered, hasIncidents());
    }

    /** Whether each trouble has an incident, which is opened and closed by calls of its own. */
    boolean hasIncidents() {
        return webhook != null && webhook.formatOrDefault().isOfIncidents();
    }

    boolean isMutedAt(Instant now) {
        return mutedUntil != null && now.isBefore(mutedUntil);
    }
}
