package io.carillon.execution.trace;

import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.carillon.trace.Span;
import io.carillon.trace.TraceIds;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An execution that has ended, as the ledger has it, and its spans.
 *
 * @param jobName null for a submission, and if its job is gone
 * @param code of its last failure; null: none
 * @param lost attempts whose worker was lost
 * @param causes the executions that it follows, waited for, or replays
 */
record EndedExecution(
        UUID id,
        @Nullable UUID jobId,
        @Nullable String jobName,
        String namespace,
        String type,
        String queue,
        ExecutionState state,
        Origin origin,
        Instant scheduledAt,
        @Nullable Instant plannedAt,
        Instant createdAt,
        Instant finishedAt,
        int attempts,
        @Nullable UUID workerId,
        @Nullable String code,
        @Nullable String reason,
        List<Lost> lost,
        List<UUID> causes) {

    /** An attempt that nobody is left to write a span of. */
    record Lost(int attempt, Instant at) {}

    /** Its own span, and that of the firing, if one has made it. */
    Stream<Span> spans() {
        return Stream.concat(Stream.of(whole()), firing().stream());
    }

    private Span whole() {
        var attributes =
                Attributes.builder()
                        .put("carillon.execution.id", id.toString())
                        .put("carillon.namespace", namespace)
                        .put("carillon.type", type)
                        .put("carillon.queue", queue)
                        .put("carillon.origin", origin.name())
                        .put("carillon.scheduled_at", scheduledAt.toString())
                        .put("carillon.attempts", attempts)
                        .put("carillon.outcome", state.name());
        if (jobId != null) {
            attributes.put("carillon.job.id", jobId.toString());
        }
        if (jobName != null) {
            attributes.put("carillon.job.name", jobName);
        }
        if (plannedAt != null) {
            attributes.put("carillon.planned_at", plannedAt.toString());
        }
        if (workerId != null) {
            attributes.put("carillon.worker.id", workerId.toString());
        }
        if (reason != null) {
            attributes.put("carillon.reason", reason);
        }
        boolean isFailure = state == ExecutionState.FAILED;
        if (isFailure && code != null) {
            attributes.put("error.type", code);
        }
        return new Span(
                TraceIds.traceOf(id),
                TraceIds.spanOf(id),
                null,
                false,
                "execution " + (jobName == null ? type : jobName),
                SpanKind.INTERNAL,
                scheduledAt,
                finishedAt,
                isFailure ? (code == null ? state.name() : code) : null,
                attributes.build(),
                lost.stream().map(EndedExecution::event).toList(),
                causes.stream().<LinkData>map(Span::linkTo).toList());
    }

    private static EventData event(Lost lost) {
        return EventData.create(
                Span.nanos(lost.at),
                "worker lost",
                Attributes.builder().put("carillon.attempt", lost.attempt).build());
    }

    /** How late the instant was turned into an execution. */
    private Optional<Span> firing() {
        return origin == Origin.SCHEDULE
                ? Optional.of(
                        new Span(
                                TraceIds.traceOf(id),
                                TraceIds.originOf(id),
                                TraceIds.spanOf(id),
                                false,
                                "firing",
                                SpanKind.INTERNAL,
                                scheduledAt,
                                createdAt,
                                null,
                                Attributes.empty(),
                                List.of(),
                                List.of()))
                : Optional.empty();
    }
}
