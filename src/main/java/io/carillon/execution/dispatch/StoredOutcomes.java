package io.carillon.execution.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.statistics.JobMetrics;
import io.carillon.execution.trace.AttemptSpans;
import io.carillon.queue.QueueTraffic;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.UUID;

/**
 * Reports the ends of attempts, and stored and lost outcomes, to metrics, traces, the log and jobs.
 */
@ApplicationScoped
public class StoredOutcomes {
    /** In which messages of rules wait. */
    private static final String RULE_QUEUE = "alerts";

    private final JobPauser jobPauser;
    private final ExecutionMetrics metrics;
    private final FailureLog failures;
    private final QueueTraffic traffic;
    private final JobMetrics jobs;
    private final AttemptSpans spans;

    StoredOutcomes(
            JobPauser jobPauser,
            ExecutionMetrics metrics,
            FailureLog failures,
            QueueTraffic traffic,
            JobMetrics jobs,
            AttemptSpans spans) {
        this.jobPauser = jobPauser;
        this.metrics = metrics;
        this.failures = failures;
        this.traffic = traffic;
        this.jobs = jobs;
        this.spans = spans;
    }

    /** Returns what the calls of an attempt are to name as their parent. */
    public String traceparent(Claim claim) {
        return spans.parent(claim).toString();
    }

    /**
     * Handles an attempt that has just ended. One that was held back was none.
     *
     * @param duration since it began
     */
    public void ended(Completion completion, Duration duration) {
        if (completion.isHeldBack()) {
            return;
        }
        metrics.ended(completion, duration);
        spans.ended(completion, duration);
    }

    /** Handles an attempt that has just ended after its lease was lost. */
    void abandoned(Claim claim, Duration duration) {
        spans.leaseLost(claim, duration);
    }

    /** Handles an outcome that came too late: another worker holds the execution, or none. */
    public void leaseLost(Claim claim, UUID workerId) {
        metrics.leaseLost();
        Log.warnf(
                "outcome not stored, the lease was lost jobId=%s executionId=%s attempt=%d worker=%s",
                claim.jobId(), claim.id(), claim.attempt(), workerId);
    }

    /** Handles an outcome that was stored. */
    public void stored(Completion completion) {
        var claim = completion.claim();
        if (completion.pausesJob() && claim.jobId() instanceof UUID jobId) {
            var _ = Thread.startVirtualThread(() -> pauseJob(jobId, claim.id()));
        }
        if (completion.state().isFinal()) {
            traffic.ended(claim.queueKey());
            if (claim.jobId() != null) {
                jobs.ended(claim.jobId(), completion.state());
            } else if (claim.queue().equals(RULE_QUEUE)) {
                metrics.messageEnded(completion.state());
            }
        }
        if (completion.state() == ExecutionState.FAILED
                && completion.error() instanceof JsonNode error) {
            failures.failed(
                    claim.jobId(),
                    claim.type(),
                    claim.id(),
                    claim.attempt(),
                    error.path("code").asText(),
                    error.path("message").asText());
        }
    }

    private void pauseJob(UUID jobId, UUID executionId) {
        try {
            jobPauser.pause(
                    jobId,
                    "paused by Carillon: the target of execution "
                            + executionId
                            + " answered that it should not be called any more");
        } catch (RuntimeException failure) {
            Log.warnf(
                    "job not paused, its next execution will try again jobId=%s: %s",
                    jobId, failure.getMessage());
        }
    }
}
