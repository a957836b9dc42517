package io.carillon.job.history;

import io.carillon.definition.JobDefinition;
import io.carillon.execution.SkipReason;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.job.history.Why.Verdict;
import io.carillon.schedule.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds the answer: fields and a sentence. */
final class WhyBuilder {
    private final Instant at;
    private @Nullable Instant planned;
    private Why.@Nullable Run execution;
    private @Nullable String reason;
    private Why.@Nullable SkippedRow skipped;
    private Why.@Nullable Pause pause;
    private @Nullable UUID overlapped;
    private @Nullable String calendar;
    private Why.@Nullable Run backfill;
    private Why.@Nullable Definition definition;
    private @Nullable Instant previous;
    private @Nullable Instant next;

    WhyBuilder(Instant at) {
        this.at = at;
    }

    WhyBuilder planned(Instant instant) {
        planned = instant;
        return this;
    }

    WhyBuilder definition(Optional<Why.Definition> inForce) {
        definition = inForce.orElse(null);
        return this;
    }

    void backfill(ExecutionView row) {
        backfill = runOf(row);
    }

    boolean isBackfilled() {
        return backfill != null;
    }

    void pause(Why.Pause found) {
        pause = found;
    }

    void overlapped(UUID active) {
        overlapped = active;
    }

    void around(@Nullable Instant before, @Nullable Instant after) {
        previous = before;
        next = after;
    }

    void skippedRow(ExecutionView row) {
        reason = row.reason();
        long count = row.skippedCount() == null ? 1 : row.skippedCount();
        var until = row.skippedUntil() == null ? row.scheduledAt() : row.skippedUntil();
        skipped = new Why.SkippedRow(row.id(), row.scheduledAt(), until, count, row.createdAt());
    }

    Why fired(ExecutionView row) {
        var run = runOf(row);
        execution = run;
        return verdict(
                Verdict.FIRED,
                "It fired %s after it was planned; execution %s %s."
                        .formatted(words(run.firingDelay()), run.id(), outcome(run, row)));
    }

    Why backfilled() {
        return verdict(Verdict.BACKFILLED, "The schedule did not fire it." + backfillSentence());
    }

    /**
     * @param then the job's definition at the instant; empty if no longer known
     */
    Why skipped(ExecutionView row, Optional<JobDefinition> then) {
        String why =
                SkipReason.known(row.reason())
                        .map(known -> sentence(known, row, then))
                        .orElseGet(
                                () -> row.reason() + ", a reason of another version of Carillon");
        long count = row.skippedCount() == null ? 1 : row.skippedCount();
        String range =
                count > 1
                        ? " It is one of %,d instants from %s to %s that share one row of the ledger."
                                .formatted(count, row.scheduledAt(), row.skippedUntil())
                        : "";
        return verdict(
                Verdict.SKIPPED, "It was skipped: " + why + "." + range + backfillSentence());
    }

    private String sentence(
            SkipReason skipReason, ExecutionView row, Optional<JobDefinition> then) {
        var instant = planned == null ? row.scheduledAt() : planned;
        String late = words(instant, row.createdAt());
        return switch (skipReason) {
            case MISFIRE ->
                    "it was found %s late, and the misfire policy%s does not execute it"
                            .formatted(late, quoted(then.map(JobDefinition::misfire)));
            case CATCH_UP_WINDOW ->
                    "it was found %s late, which is beyond the catch-up window%s"
                            .formatted(
                                    late,
                                    then.map(JobDefinition::catchUpWindow)
                                            .map(window -> " of " + words(window))
                                            .orElse(""));
            case CATCH_UP_LIMIT ->
                    "it was found %s late, when more instants had been missed than the catch-up limit%s; only the latest were executed"
                            .formatted(
                                    late,
                                    then.map(JobDefinition::catchUpLimit)
                                            .map(limit -> " of " + limit)
                                            .orElse(""));
            case PAUSED -> "the job was paused" + pauseSentence();
            case OVERLAP ->
                    "an earlier execution%s was still active"
                            .formatted(overlapped == null ? "" : " (" + overlapped + ")");
            case DEADLINE -> "it had not been started by its deadline";
        };
    }

    Why paused(boolean isAhead) {
        return verdict(
                Verdict.PAUSED,
                "The job is paused"
                        + pauseSentence()
                        + (isAhead
                                ? ": it does not fire unless the job is resumed before."
                                : ": what happens to it is decided when the job is resumed."));
    }

    Why excluded(String name) {
        calendar = name;
        return verdict(Verdict.EXCLUDED, "The calendar \"%s\" excludes it.".formatted(name));
    }

    Why notPlanned() {
        String rule =
                definition == null
                        ? "The schedule"
                        : "The schedule of version %d (%s)"
                                .formatted(definition.version(), definition.description());
        String nearest =
                previous == null && next == null
                        ? ""
                        : previous == null
                                ? "; the first is " + next
                                : next == null
                                        ? "; the last is " + previous
                                        : "; the nearest are %s and %s".formatted(previous, next);
        return verdict(
                Verdict.NOT_PLANNED, rule + " has no instant within a minute" + nearest + ".");
    }

    Why verdict(Verdict verdict, String sentence) {
        String offset =
                planned == null || planned.equals(at)
                        ? ""
                        : "The nearest planned instant is %s. ".formatted(planned);
        return new Why(
                at,
                verdict,
                offset + sentence,
                planned,
                execution,
                reason,
                skipped,
                pause,
                overlapped,
                calendar,
                backfill,
                definition,
                previous,
                next);
    }

    private String pauseSentence() {
        if (pause == null) {
            return "";
        }
        return " since %s by %s%s"
                .formatted(
                        pause.since(),
                        pause.by(),
                        pause.note() == null ? "" : " (\"" + pause.note() + "\")");
    }

    private String backfillSentence() {
        return backfill == null
                ? ""
                : " A backfill queued it: execution %s is %s."
                        .formatted(backfill.id(), backfill.state());
    }

    private static Why.Run runOf(ExecutionView row) {
        var planned = row.plannedAt() == null ? row.scheduledAt() : row.plannedAt();
        return new Why.Run(
                row.id(),
                row.state(),
                row.attempt(),
                Duration.between(planned, row.createdAt())
                        .truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                row.startedAt(),
                row.finishedAt(),
                row.error() == null || !row.error().hasNonNull("code")
                        ? null
                        : row.error().get("code").asText());
    }

    private static String outcome(Why.Run run, ExecutionView row) {
        return switch (run.state()) {
            case BLOCKED -> "waits for others";
            case SCHEDULED, QUEUED -> "waits for a worker";
            case RUNNING -> "runs, attempt " + run.attempt();
            case AWAITING -> "waits for the answer to attempt " + run.attempt();
            case RETRYING ->
                    run.code() != null && run.code().startsWith("HOST_")
                            ? "waits for its host (%s)".formatted(run.code())
                            : "has failed (%s) and is retried".formatted(run.code());
            case SUCCEEDED -> "succeeded";
            case FAILED -> "failed (%s)".formatted(run.code());
            case CANCELLED ->
                    "was cancelled" + (row.reason() == null ? "" : " (" + row.reason() + ")");
            case SKIPPED -> "was skipped";
        };
    }

    private static String quoted(Optional<? extends Enum<?>> policy) {
        return policy.map(name -> " " + name.name()).orElse("");
    }

    static String words(Instant from, Instant until) {
        return words(Duration.between(from, until));
    }

    /** Rounds to milliseconds below a minute, otherwise to seconds. */
    static String words(Duration duration) {
        var whole = duration.isNegative() ? Duration.ZERO : duration;
        return DurationText.inWords(
                whole.compareTo(Duration.ofMinutes(1)) < 0
                        ? Duration.ofMillis(whole.toMillis())
                        : Duration.ofSeconds(whole.toSeconds()));
    }
}
