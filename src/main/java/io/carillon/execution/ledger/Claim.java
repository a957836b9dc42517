package io.carillon.execution.ledger;

import io.carillon.definition.AttemptDefinitions;
import io.carillon.definition.Delivery;
import io.carillon.definition.RetryPolicy;
import io.carillon.handler.StoredConfig;
import io.carillon.queue.QueueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an execution that this worker has claimed; every write to it must name {@code epoch}.
 *
 * @param plannedAt the instant it stands for: another than {@code scheduledAt} for a backfill, or a
 *     run for an instant before
 * @param jobVersion the version of the job at the claim; without meaning if there is no job
 * @param jobName null until it is known, and without a job
 * @param task what a remote worker is to run; null where a replica runs it
 * @param weight how many slots it takes
 * @param config null until it is known, and then the job's or its own
 * @param retry null until it is known, and then the job's or its own
 * @param fault what cannot be read in its stored definition, so that it fails without an attempt;
 *     null for none
 */
public record Claim(
        UUID id,
        Instant scheduledAt,
        Instant plannedAt,
        long epoch,
        @Nullable UUID jobId,
        long jobVersion,
        @Nullable String jobName,
        String namespace,
        String type,
        String queue,
        @Nullable String task,
        int attempt,
        int maxAttempts,
        Delivery delivery,
        Duration timeout,
        int weight,
        @Nullable StoredConfig config,
        @Nullable RetryPolicy retry,
        Duration startDelay,
        @Nullable String fault) {

    /** Returns the queue it was claimed from. */
    public QueueKey queueKey() {
        return new QueueKey(namespace, queue);
    }

    /**
     * This one with what it leaves to its job.
     *
     * @param ofJob the part of the job that attempts need
     */
    Claim with(AttemptDefinitions.Definition ofJob) {
        return new Claim(
                id,
                scheduledAt,
                plannedAt,
                epoch,
                jobId,
                jobVersion,
                ofJob.name(),
                namespace,
                type,
                queue,
                task,
                attempt,
                maxAttempts,
                delivery,
                timeout,
                weight,
                config == null ? ofJob.config() : config,
                retry == null ? ofJob.retry() : retry,
                startDelay,
                fault == null ? ofJob.fault() : fault);
    }
}
