package io.carillon.remote;

import io.carillon.callback.Callbacks;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.handler.Outcome;
import io.carillon.handler.heartbeat.Pings;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends the execution that awaits a ping, if there is one. */
@ApplicationScoped
class Heartbeats {
    private final Pings pings;
    private final RemoteExecutions executions;
    private final Answers answers;

    Heartbeats(Pings pings, RemoteExecutions executions, Answers answers) {
        this.pings = pings;
        this.executions = executions;
        this.answers = answers;
    }

    /**
     * Records a ping, and ends the execution that awaits it. One that is not claimed yet finds the
     * ping when it starts.
     *
     * @param failure what went wrong; null: nothing
     * @return the execution that it ended
     * @throws ProblemException 404 if the job is gone
     */
    Optional<UUID> ping(UUID jobId, @Nullable String failure) {
        if (!pings.record(jobId, failure)) {
            throw ProblemException.notFound("job of type heartbeat", jobId);
        }
        var open = executions.openOf(jobId);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        var attempt = new Callbacks.Attempt(open.get().getKey(), open.get().getValue());
        return pings.take(jobId, attempt.executionId(), Instant.EPOCH)
                .filter(outcome -> isEnded(attempt, outcome))
                .map(outcome -> attempt.executionId());
    }

    /** It may have ended meanwhile, or be about to start again: then it finds the ping itself. */
    private boolean isEnded(Callbacks.Attempt attempt, Outcome outcome) {
        try {
            var _ = answers.end(attempt, outcome);
            return true;
        } catch (ProblemException ended) {
            if (ended.kind() == ProblemKind.LEASE_LOST) {
                return false;
            }
            throw ended;
        }
    }
}
