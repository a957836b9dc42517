package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.AfterJob;
import io.carillon.definition.JobDefinition;
import io.carillon.definition.RetryPolicy;
import io.carillon.handler.JobHandlers;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts between a job's row and its definition as a client writes it. */
@ApplicationScoped
public class JobMapping {
    private final JobHandlers handlers;
    private final JobSchedules schedules;
    private final Json json;

    JobMapping(JobHandlers handlers, JobSchedules schedules, Json json) {
        this.handlers = handlers;
        this.schedules = schedules;
        this.json = json;
    }

    /**
     * Returns the definition with every default filled in; refuses it if its type cannot read its
     * config.
     */
    JobDefinition check(JobDefinition request) {
        var definition = request.orDefaults();
        handlers.validate(
                definition.type(),
                definition.config() == null ? json.tree(Map.of()) : definition.config(),
                Objects.requireNonNull(definition.namespace()));
        return definition;
    }

    /** Returns the row for a job to be created. */
    public Job rowOf(JobInserts.NewJob created) {
        var job = new Job();
        job.id = created.id();
        job.namespace = created.definition().namespace();
        job.version = JobInserts.FIRST_VERSION;
        job.createdAt = created.createdAt();
        job.updatedAt = created.createdAt();
        apply(job, created.definition());
        return job;
    }

    /** Sets all fields of a job from a definition, except its namespace, which never changes. */
    void apply(Job job, JobDefinition definition) {
        var whole = definition.orDefaults();
        job.name = whole.name();
        job.description = whole.description();
        job.schedule = whole.schedule() == null ? null : json.text(whole.schedule());
        job.type = whole.type();
        job.config = json.text(Objects.requireNonNull(whole.config()));
        job.queue = whole.queue();
        job.priority = Objects.requireNonNull(whole.priority()).shortValue();
        job.timeoutMillis = Objects.requireNonNull(whole.timeout()).toMillis();
        job.retry = json.text(Objects.requireNonNull(whole.retry()));
        job.maxAttempts = Objects.requireNonNull(whole.retry()).attempts();
        job.delivery = whole.delivery();
        job.overlap = whole.overlap();
        job.weight = Objects.requireNonNull(whole.weight()).shortValue();
        job.startDeadlineMillis =
                whole.startDeadline() == null ? null : whole.startDeadline().toMillis();
        job.afterJobId = AfterJob.jobId(whole.after());
        job.afterOn = AfterJob.on(whole.after());
        job.misfire = whole.misfire();
        job.catchUpWindowMillis = Objects.requireNonNull(whole.catchUpWindow()).toMillis();
        job.catchUpLimit = Objects.requireNonNull(whole.catchUpLimit());
        job.labels = json.text(Objects.requireNonNull(whole.labels()));
        job.enabled = Objects.requireNonNull(whole.enabled());
        job.pauseNote = job.enabled ? null : job.pauseNote;
    }

    /** Returns the version in force. */
    public Revision current(Job job) {
        return new Revision(
                job.version,
                readable(job).definition,
                job.updatedAt,
                job.changedBy,
                job.change,
                job.pauseNote);
    }

    /**
     * Returns the compiled schedule of a stored job; null if it runs on demand.
     *
     * @throws ProblemException if what is stored cannot be read, or never fires
     */
    public @Nullable Schedule scheduleOf(Job job) {
        return schedules.compile(specOf(job), job.namespace, job.createdAt, job.id);
    }

    /**
     * Returns the schedule of a stored job as a client would write it; null if it runs on demand.
     *
     * @throws ProblemException if what is stored cannot be read
     */
    @Nullable ScheduleSpec specOf(Job job) {
        var schedule = schedule(job);
        if (schedule.fault != null) {
            throw new ProblemException(ProblemKind.CONFLICT, schedule.fault);
        }
        return schedule.value;
    }

    /** Returns the job as a client would write it, as far as this version can read its row. */
    Readable readable(Job job) {
        var schedule = schedule(job);
        var retry = retry(job);
        return new Readable(
                definition(job, schedule.value, retry.value), schedule.fault, retry.fault);
    }

    /**
     * @param scheduleFault why the schedule cannot be read and is absent; null if it can
     * @param retryFault why the retry policy cannot be read and is absent; null if it can
     */
    record Readable(
            JobDefinition definition, @Nullable String scheduleFault, @Nullable String retryFault) {
        @Nullable String fault() {
            return scheduleFault == null ? retryFault : scheduleFault;
        }

        /**
         * Refuses a change that would lose a field that cannot be read and does not give it a new
         * value.
         */
        void checkReplacedBy(JobDefinition after) {
            if (scheduleFault != null && after.schedule() == null) {
                throw new ProblemException(
                        ProblemKind.CONFLICT, scheduleFault + " Say which it is to have.");
            }
            if (retryFault != null && RetryPolicy.DEFAULT.equals(after.retry())) {
                throw new ProblemException(
                        ProblemKind.CONFLICT, retryFault + " Say which it is to have.");
            }
        }
    }

    private record Part<T>(@Nullable T value, @Nullable String fault) {}

    private Part<ScheduleSpec> schedule(Job job) {
        return read("schedule", job.schedule, ScheduleSpec.class);
    }

    private Part<RetryPolicy> retry(Job job) {
        return read("retry", job.retry, RetryPolicy.class);
    }

    private <T> Part<T> read(String field, @Nullable String stored, Class<T> type) {
        if (stored == null) {
            return new Part<>(null, null);
        }
        try {
            return new Part<>(json.stored(stored, type), null);
        } catch (IllegalStateException unreadable) {
            return new Part<>(
                    null,
                    "This version cannot read the stored %s: %s."
                            .formatted(field, unreadable.getMessage()));
        }
    }

    private JobDefinition definition(
            Job job, @Nullable ScheduleSpec schedule, @Nullable RetryPolicy retry) {
        return new JobDefinition(
                job.namespace,
                job.name,
                job.description,
                schedule,
                job.type,
                json.stored(job.config, ObjectNode.class),
                job.queue,
                (int) job.priority,
                Duration.ofMillis(job.timeoutMillis),
                retry == null ? RetryPolicy.DEFAULT : retry,
                job.delivery,
                job.overlap,
                (int) job.weight,
                job.startDeadlineMillis == null ? null : Duration.ofMillis(job.startDeadlineMillis),
                AfterJob.of(job.afterJobId, job.afterOn),
                job.misfire,
                Duration.ofMillis(job.catchUpWindowMillis),
                job.catchUpLimit,
                labelsOf(json.tree(job.labels)),
                job.enabled);
    }

    private static Map<String, String> labelsOf(JsonNode labels) {
        var map = new TreeMap<String, String>();
        labels.properties().forEach(label -> map.put(label.getKey(), label.getValue().asText()));
        return map;
    }
}
