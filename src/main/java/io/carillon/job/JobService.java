package io.carillon.job;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.JobDefinition;
import io.carillon.definition.MisfirePolicy;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.firing.CatchUpPreview;
import io.carillon.firing.NewTrigger;
import io.carillon.firing.Triggers;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.queue.QueueKey;
import io.carillon.queue.QueueStore;
import io.carillon.schedule.ScheduleSpec;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Scope;
import io.carillon.tenancy.NamespaceQuotas;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes jobs, each with its trigger in one transaction. Every change first locks the job's row
 * and settles its trigger, so that instants up to the change fire under the old definition.
 */
@ApplicationScoped
public class JobService {
    private final Database database;
    private final JobMapping stored;
    private final JobChains chains;
    private final JobSchedules schedules;
    private final JobRevisions revisions;
    private final Triggers triggers;
    private final ExecutionControl executions;
    private final QueueStore queues;
    private final AuditLog audit;
    private final CurrentCaller caller;
    private final DatabaseClock clock;
    private final Json json;
    private final ExecutionConfig history;
    private final NamespaceQuotas quotas;

    JobService(
            Database database,
            JobMapping stored,
            JobChains chains,
            JobSchedules schedules,
            JobRevisions revisions,
            Triggers triggers,
            ExecutionControl executions,
            QueueStore queues,
            AuditLog audit,
            CurrentCaller caller,
            DatabaseClock clock,
            Json json,
            ExecutionConfig history,
            NamespaceQuotas quotas) {
        this.database = database;
        this.stored = stored;
        this.chains = chains;
        this.schedules = schedules;
        this.revisions = revisions;
        this.triggers = triggers;
        this.executions = executions;
        this.queues = queues;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
        this.json = json;
        this.history = history;
        this.quotas = quotas;
    }

    /**
     * Finds a job, unless it is deleted or the caller may not see it. Runs in a transaction:
     * without one, Hibernate keeps a connection until the request ends, and requests that need a
     * second one may wait for each other.
     */
    @Transactional
    public Optional<Job> find(Scope scope, UUID id) {
        return Job.<Job>findByIdOptional(id)
                .filter(job -> job.deletedAt == null && scope.sees(job.namespace));
    }

    /**
     * Replaces a job's definition. If nothing differs, no new version is made.
     *
     * @param expectedVersion from If-Match; null to change whatever is there
     */
    @Transactional
    public Job change(
            Scope scope,
            UUID id,
            @Nullable Long expectedVersion,
            Function<JobDefinition, JobDefinition> change) {
        return change(lock(scope, id, expectedVersion), JobChange.CHANGED, change);
    }

    /**
     * Makes an earlier definition the current one again, as an ordinary change. The job stays
     * paused, or not paused, as it is: a revert should not start a job.
     */
    @Transactional
    public Job revert(Scope scope, UUID id, @Nullable Long expectedVersion, long version) {
        var job = lock(scope, id, expectedVersion);
        if (version == job.version) {
            return job;
        }
        var earlier =
                database.with(connection -> revisions.find(connection, id, version))
                        .orElseThrow(
                                () ->
                                        new ProblemException(
                                                ProblemKind.NOT_FOUND,
                                                "The job has no revision " + version + "."));
        return change(
                job,
                JobChange.REVERTED,
                before -> earlier.definition().withEnabled(before.enabled()));
    }

    private Job change(Job job, JobChange kind, Function<JobDefinition, JobDefinition> change) {
        var readable = stored.readable(job);
        var before = readable.definition();
        var asked = change.apply(before).keeping(before).inNamespace(job.namespace);
        var after = stored.check(database.with(connection -> chains.resolved(connection, asked)));
        readable.checkReplacedBy(after);
        if (!Objects.equals(after.namespace(), before.namespace())) {
            throw ProblemException.invalid("namespace", "cannot be changed");
        }
        if (FieldChange.between(json.tree(before), json.tree(after)).isEmpty()) {
            return job;
        }
        database.run(
                connection -> {
                    if (!Objects.equals(after.after(), before.after())) {
                        chains.check(connection, job.id, after.namespace(), after.after());
                    }
                    queues.ensure(connection, List.of(QueueKey.of(after)));
                    boolean enabled = Objects.equals(after.enabled(), true);
                    boolean isSameSchedule = Objects.equals(after.schedule(), before.schedule());
                    // Missed instants of a paused job are decided when it is resumed, unless its
                    // schedule changes before.
                    var settled =
                            isSameSchedule && !enabled && !job.enabled
                                    ? triggers.hold(connection, job.id)
                                    : triggers.settle(connection, job.id, null);
                    var now = settled.orElseGet(clock::now);
                    if (!isSameSchedule) {
                        boolean hasTrigger = settled.isPresent();
                        moveTrigger(connection, job, after.schedule(), now, hasTrigger, enabled);
                    } else if (enabled != job.enabled) {
                        setPaused(connection, job.id, !enabled);
                    }
                    beginVersion(connection, job, kind, now);
                    stored.apply(job, after);
                    auditChange(connection, job, before, after);
                });
        flush(after);
        database.run(connection -> triggers.setVersion(connection, job.id, job.version));
        return job;
    }

    /**
     * Stores the version in force and begins the next, whose fields the caller then sets. Instants
     * up to {@code now}, to which the trigger was settled, belong to the old version.
     */
    private void beginVersion(Connection connection, Job job, JobChange change, Instant now)
            throws SQLException {
        revisions.add(connection, job.id, stored.current(job));
        job.change = change;
        job.changedBy = caller.name();
        job.updatedAt = now;
    }

    private void auditChange(
            Connection connection, Job job, JobDefinition before, JobDefinition after)
            throws SQLException {
        var details = new TreeMap<String, Object>();
        // Hibernate increments the version only when it writes the row, after this.
        details.put("version", job.version + 1);
        details.put(
                "changes",
                FieldChange.shown(FieldChange.between(json.tree(before), json.tree(after))));
        if (job.pauseNote != null) {
            details.put("note", job.pauseNote);
        }
        audit.add(connection, "JOB_" + job.change, job.namespace, job.id, details);
    }

    private void moveTrigger(
            Connection connection,
            Job job,
            @Nullable ScheduleSpec spec,
            Instant now,
            boolean hasTrigger,
            boolean enabled)
            throws SQLException {
        var schedule =
                schedules.compileHeld(connection, spec, job.namespace, job.createdAt, job.id);
        if (schedule == null) {
            triggers.remove(connection, job.id);
            return;
        }
        quotas.checkDensity(job.namespace, schedule, now);
        if (hasTrigger) {
            triggers.move(
                    connection, job.id, JobSchedules.firstAfter(spec, schedule, now), !enabled);
        } else {
            addTrigger(connection, job, JobSchedules.firstAfter(spec, schedule, now), enabled);
        }
    }

    @Transactional
    public Job pause(Scope scope, UUID id, @Nullable String note) {
        var job = lock(scope, id, null);
        if (!job.enabled && (note == null || note.equals(job.pauseNote))) {
            return job;
        }
        return setEnabled(job, JobChange.PAUSED, note == null ? job.pauseNote : note, null);
    }

    /**
     * @param catchUp which of the instants missed while paused to execute; null for none
     */
    @Transactional
    public Job resume(Scope scope, UUID id, @Nullable MisfirePolicy catchUp) {
        var job = lock(scope, id, null);
        return job.enabled ? job : setEnabled(job, JobChange.RESUMED, null, catchUp);
    }

    private Job setEnabled(
            Job job, JobChange kind, @Nullable String note, @Nullable MisfirePolicy catchUp) {
        boolean enabled = kind == JobChange.RESUMED;
        var before = stored.readable(job).definition();
        database.run(
                connection -> {
                    var now =
                            (job.enabled || enabled
                                            ? triggers.settle(connection, job.id, catchUp)
                                            : triggers.hold(connection, job.id))
                                    .orElseGet(clock::now);
                    setPaused(connection, job.id, !enabled);
                    beginVersion(connection, job, kind, now);
                    job.enabled = enabled;
                    job.pauseNote = note;
                    auditChange(connection, job, before, before.withEnabled(enabled));
                });
        Job.flush();
        database.run(connection -> triggers.setVersion(connection, job.id, job.version));
        return job;
    }

    private void setPaused(Connection connection, UUID id, boolean paused) throws SQLException {
        if (paused) {
            triggers.pause(connection, id);
        } else {
            triggers.resume(connection, id);
        }
    }

    /** Marks the job as deleted, removes its trigger and cancels its unfinished executions. */
    @Transactional
    public void delete(Scope scope, UUID id, @Nullable Long expectedVersion) {
        var job = lock(scope, id, expectedVersion);
        database.run(
                connection -> {
                    var now = triggers.settle(connection, id, null).orElseGet(clock::now);
                    triggers.remove(connection, id);
                    executions.cancelAllOf(connection, id, "JOB_DELETED");
                    beginVersion(connection, job, JobChange.DELETED, now);
                    job.deletedAt = now;
                    var definition = stored.readable(job).definition();
                    auditChange(connection, job, definition, definition);
                });
        Job.flush();
    }

    /** Jobs deleted before this can no longer be restored, even if their rows still exist. */
    public Instant restorableSince() {
        return clock.now().minus(history.retention());
    }

    /**
     * Restores a deleted job, paused or not as before; does nothing if the job is not deleted. Its
     * new trigger starts from now: without a trigger nothing was planned meanwhile, so there is
     * nothing to catch up.
     */
    @Transactional
    Job restore(Scope scope, UUID id) {
        Job job = Job.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (job == null || (job.deletedAt != null && job.deletedAt.isBefore(restorableSince()))) {
            throw ProblemException.notFound("job", id);
        }
        scope.check(job.namespace, ProblemException.notFound("job", id));
        if (job.deletedAt == null) {
            return job;
        }
        var definition = stored.readable(job).definition();
        var now = clock.now();
        database.run(connection -> beginVersion(connection, job, JobChange.RESTORED, now));
        job.deletedAt = null;
        job.restoredAt = now;
        flush(definition);
        database.run(connection -> quotas.checkJobs(connection, Set.of(job.namespace)));
        database.run(
                connection -> {
                    var schedule =
                            schedules.compileHeld(
                                    connection,
                                    definition.schedule(),
                                    job.namespace,
                                    job.createdAt,
                                    job.id);
                    if (schedule != null) {
                        addTrigger(connection, job, schedule.next(now), job.enabled);
                    }
                    record(connection, "JOB_RESTORED", job);
                });
        return job;
    }

    private void addTrigger(
            Connection connection, Job job, @Nullable Instant nextFireAt, boolean enabled)
            throws SQLException {
        triggers.add(
                connection,
                List.of(new NewTrigger(job.id, job.namespace, job.version, nextFireAt, !enabled)));
    }

    private void record(Connection connection, String action, Job job) throws SQLException {
        audit.add(
                connection,
                action,
                job.namespace,
                job.id,
                Map.of("namespace", job.namespace, "name", job.name));
    }

    /** Counts what resuming would execute and skip: zero for a job that is not paused. */
    @Transactional
    CatchUpPreview previewResume(Scope scope, UUID id, @Nullable MisfirePolicy catchUp) {
        var job = find(scope, id).orElseThrow(() -> ProblemException.notFound("job", id));
        return database.with(connection -> triggers.preview(connection, job.id, catchUp));
    }

    /** Returns the job, deleted or not; 404 if it does not exist or the caller may not see it. */
    @Transactional
    public Job findEvenDeleted(Scope scope, UUID id) {
        return Job.<Job>findByIdOptional(id)
                .filter(job -> scope.sees(job.namespace))
                .orElseThrow(() -> ProblemException.notFound("job", id));
    }

    /** Locks the job for a change; 403 if the scope does not permit it. */
    public Job lock(Scope scope, UUID id, @Nullable Long expectedVersion) {
        Job job = Job.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (job == null || job.deletedAt != null) {
            throw ProblemException.notFound("job", id);
        }
        scope.check(job.namespace, ProblemException.notFound("job", id));
        if (expectedVersion != null && expectedVersion != job.version) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "The job is at version " + job.version + ", not " + expectedVersion + ".");
        }
        return job;
    }

    private static void flush(JobDefinition definition) {
        try {
            Job.flush();
        } catch (org.hibernate.exception.ConstraintViolationException violation) {
            if ("job_name_unique".equals(violation.getConstraintName())) {
                throw JobCreation.nameTaken(definition);
            }
            throw violation;
        }
    }
}
