package io.carillon.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.Database;
import io.carillon.definition.AfterJob;
import io.carillon.definition.JobDefinition;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionQueries.Latest;
import io.carillon.firing.NewTrigger;
import io.carillon.firing.TriggerTimes;
import io.carillon.firing.Triggers;
import io.carillon.handler.MaskedHeaders;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds what clients see of a job from its row, its trigger and its last execution. */
@ApplicationScoped
public class JobViews {
    private final Database database;
    private final Triggers triggers;
    private final ExecutionQueries executions;
    private final JobMapping stored;
    private final Json json;

    JobViews(
            Database database,
            Triggers triggers,
            ExecutionQueries executions,
            JobMapping stored,
            Json json) {
        this.stored = stored;
        this.database = database;
        this.triggers = triggers;
        this.executions = executions;
        this.json = json;
    }

    public JobView of(Job job) {
        return of(List.of(job)).getFirst();
    }

    /**
     * Removes the fields that are only read from what a client sends, so that it may send back what
     * it has read.
     */
    public ObjectNode withoutReadOnly(ObjectNode body) {
        Iterator<String> names = body.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!json.hasField(JobDefinition.class, name) && json.hasField(JobView.class, name)) {
                names.remove();
            }
        }
        return body;
    }

    /** Returns the view of a job that was just created, from what was stored. */
    JobView ofNew(Job job, @Nullable NewTrigger trigger) {
        return view(
                job,
                trigger == null ? null : new TriggerTimes(false, trigger.nextFireAt(), null),
                null);
    }

    /**
     * Returns views of many jobs, with one query for all triggers and one for all last executions.
     */
    public List<JobView> of(List<Job> jobs) {
        var ids = jobs.stream().map(job -> job.id).toList();
        var latest =
                executions.latest(
                        jobs.stream()
                                .collect(Collectors.toMap(job -> job.id, job -> job.createdAt)));
        var times = database.with(connection -> triggers.times(connection, ids));
        return jobs.stream().map(job -> view(job, times.get(job.id), latest.get(job.id))).toList();
    }

    private JobView view(Job job, @Nullable TriggerTimes times, @Nullable Latest latest) {
        boolean completed = times != null && times.isCompleted();
        var status =
                job.deletedAt != null
                        ? JobStatus.DELETED
                        : completed
                                ? JobStatus.COMPLETED
                                : job.enabled ? JobStatus.ACTIVE : JobStatus.PAUSED;
        var readable = stored.readable(job);
        String fault = readable.fault() == null ? triggers.faultOf(job.id) : readable.fault();
        Instant nextFireAt = times == null || !job.enabled ? null : times.nextFireAt();
        return new JobView(
                job.id,
                job.version,
                job.namespace,
                job.name,
                job.description,
                readable.definition().schedule(),
                job.type,
                MaskedHeaders.shown(json.tree(job.config)),
                job.queue,
                job.priority,
                Duration.ofMillis(job.timeoutMillis),
                Objects.requireNonNull(readable.definition().retry()),
                job.delivery,
                job.overlap,
                job.weight,
                job.startDeadlineMillis == null ? null : Duration.ofMillis(job.startDeadlineMillis),
                AfterJob.of(job.afterJobId, job.afterOn),
                job.misfire,
                Duration.ofMillis(job.catchUpWindowMillis),
                job.catchUpLimit,
                json.tree(job.labels),
                job.enabled,
                status,
                fault,
                job.pauseNote,
                nextFireAt,
                times == null ? null : times.lastFireAt(),
                latest,
                job.createdAt,
                job.updatedAt,
                job.deletedAt);
    }
}
