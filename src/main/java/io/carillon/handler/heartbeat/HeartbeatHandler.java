package io.carillon.handler.heartbeat;

import io.carillon.callback.Callbacks;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends an execution by the ping that belongs to it, which may come before or after its start. */
@ApplicationScoped
class HeartbeatHandler implements JobHandler<HeartbeatConfig> {
    private final Pings pings;
    private final Callbacks callbacks;
    private final DatabaseClock clock;

    HeartbeatHandler(Pings pings, Callbacks callbacks, DatabaseClock clock) {
        this.pings = pings;
        this.callbacks = callbacks;
        this.clock = clock;
    }

    @Override
    public String type() {
        return Pings.TYPE;
    }

    @Override
    public Class<HeartbeatConfig> configType() {
        return HeartbeatConfig.class;
    }

    @Override
    public List<Violation> check(HeartbeatConfig config) {
        return callbacks.areOn() ? List.of() : List.of(new Violation("", callbacks.absence()));
    }

    @Override
    public Outcome run(ExecutionContext<HeartbeatConfig> context) {
        var jobId = context.jobId();
        if (jobId == null) {
            return Outcome.failure("NO_JOB", "a submission has no heartbeat: make a job of it")
                    .notRetryable();
        }
        var config = context.config();
        var overdue = context.scheduledAt().plus(config.graceOrDefault());
        return pings.take(
                        jobId,
                        context.executionId(),
                        context.scheduledAt().minus(config.earlyOrDefault()))
                .orElseGet(
                        () ->
                                clock.now().isBefore(overdue)
                                        ? new Outcome.Deferred(overdue, null)
                                        : missing());
    }

    /** A ping may have come while the replica died that was about to store the execution. */
    @Override
    public Outcome unanswered(UUID executionId, @Nullable UUID jobId, Instant scheduledAt) {
        return jobId == null
                ? missing()
                : pings.take(jobId, executionId, scheduledAt).orElseGet(HeartbeatHandler::missing);
    }

    private static Outcome missing() {
        return Outcome.failure("NO_PING", "no ping came in time").notRetryable();
    }
}
