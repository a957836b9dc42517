package io.carillon.execution.ledger;

import io.carillon.definition.AttemptDefinitions;
import io.carillon.definition.Delivery;
import io.carillon.definition.RetryPolicy;
import io.carillon.handler.StoredConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An execution this worker has taken; {@code epoch} is what every write to it must name.
 *
 * @param plannedAt the instant it stands for: another than {@code scheduledAt} for a backfill, or a
 *     run for an instant before
 * @param jobVersion of the job's definition at the claim; of no meaning without a job
 * @param jobName null until it is known, and without a job
 * @param task what a remote worker is to run; null where a replica runs it
 * @param weight slots it takes
 * @param config null until it is known, and then the job's or its own
 * @param retry null until it is known, and then the job's or its own
 * @param fault what of its stored definition cannot be read: it fails without being tried; null for
 *     nothing
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
