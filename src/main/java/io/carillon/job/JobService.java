package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.audit.Actor;
import io.carillon.audit.AuditLog;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionControl;
import io.carillon.execution.JobRuns;
import io.carillon.execution.RetryPolicy;
import io.carillon.firing.CatchUpPreview;
import io.carillon.firing.MisfirePolicy;
import io.carillon.firing.NewTrigger;
import io.carillon.firing.Triggers;
import io.carillon.handler.JobHandlers;
import io.carillon.problem.Json;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.queue.QueueStore;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Changes jobs, each with its trigger in one transaction. Every change begins by locking the job's
 * row and settling its trigger, so that instants up to the change happen under the old definition.
 */
@ApplicationScoped
class JobService {
    private final DataSource dataSource;
    private final JobInserts inserts;
    private final JobChains chains;
    private final Triggers triggers;
    private final ExecutionControl executions;
    private final JobRuns runs;
    private final JobHandlers handlers;
    private final JobSchedules schedules;
    private final JobRevisions revisions;
    private final Backfill backfill;
    private final Actor actor;
    private final DatabaseClock clock;
    private final Json json;
    private final QueueStore queues;
    private final AuditLog audit;
    private final ExecutionConfig history;

    JobService(
            DataSource dataSource,
            JobInserts inserts,
            JobChains chains,
            Triggers triggers,
            ExecutionControl executions,
            JobRuns runs,
            JobHandlers handlers,
            JobSchedules schedules,
            JobRevisions revisions,
            Backfill backfill,
            Actor actor,
            DatabaseClock clock,
            Json json,
            QueueStore queues,
            AuditLog audit,
            ExecutionConfig history) {
        this.dataSource = dataSource;
        this.inserts = inserts;
        this.chains = chains;
        this.triggers = triggers;
        this.executions = executions;
        this.runs = runs;
        this.handlers = handlers;
        this.schedules = schedules;
        this.revisions = revisions;
        this.backfill = backfill;
        this.actor = actor;
        this.clock = clock;
        this.json = json;
        this.queues = queues;
        this.audit = audit;
        this.history = history;
    }

    /**
     * A definition that has passed every check, with the trigger it needs; {@code trigger} null: on
     * demand.
     */
    record Draft(JobInserts.NewJob job, @Nullable NewTrigger trigger) {}

    /**
     * Checks a definition and compiles its schedule.
     *
     * @throws ProblemException 400 naming the field, or 422 for a schedule that never fires
     */
    Draft draft(JobRequest request) {
        // Also the anchor of the schedule's phase, so it is stored as it is here.
        var createdAt = clock.now().truncatedTo(ChronoUnit.MILLIS);
        var id = UuidV7.at(createdAt);
        var definition = check(request);
        if (definition.after() != null) {
            inTransaction(
                    connection ->
                            chains.check(
                                    connection, null, definition.namespace(), definition.after()));
        }
        var schedule =
                schedules.compile(
                        definition.schedule(),
                        String.valueOf(definition.namespace()),
                        createdAt,
                        id);
        var trigger =
                schedule == null
                        ? null
                        : new NewTrigger(
                                id,
                                String.valueOf(definition.namespace()),
                                JobInserts.FIRST_VERSION,
                                JobSchedules.firstAfter(definition.schedule(), schedule, createdAt),
                                !Objects.equals(definition.enabled(), true));
        return new Draft(new JobInserts.NewJob(id, definition, createdAt), trigger);
    }

    /**
     * Stores one job; 409 if its name is taken.
     *
     * @return what was stored, without another look at it
     */
    @Transactional
    Job create(Draft draft) {
        if (insert(List.of(draft)).isEmpty()) {
            throw nameTaken(draft.job().definition());
        }
        var job = new Job();
        job.id = draft.job().id();
        job.namespace = draft.job().definition().namespace();
        job.version = JobInserts.FIRST_VERSION;
        job.createdAt = draft.job().createdAt();
        job.updatedAt = draft.job().createdAt();
        apply(job, draft.job().definition());
        return job;
    }

    /**
     * Stores those whose name is free; returns their ids. With {@code atomic}, all or a 409.
     *
     * @param drafts by their position in the batch
     */
    @Transactional
    Set<UUID> createAll(SortedMap<Integer, Draft> drafts, boolean atomic) {
        var inserted = insert(List.copyOf(drafts.values()));
        if (atomic && inserted.size() < drafts.size()) {
            var taken =
                    drafts.entrySet().stream()
                            .filter(draft -> !inserted.contains(draft.getValue().job().id()))
                            .findFirst()
                            .orElseThrow();
            throw nameTaken(taken.getKey(), taken.getValue());
        }
        return inserted;
    }

    /** What is answered for a job of a batch whose name another has. */
    static ProblemException nameTaken(int index, Draft draft) {
        return nameTaken(draft.job().definition()).within("jobs[" + index + "].");
    }

    private Set<UUID> insert(List<Draft> drafts) {
        return withConnection(
                connection -> {
                    queues.ensure(connection, queuesOf(drafts));
                    var inserted =
                            inserts.insert(
                                    connection,
                                    actor.name(),
                                    drafts.stream().map(Draft::job).toList());
                    var newTriggers = new ArrayList<NewTrigger>();
                    for (var draft : drafts) {
                        if (draft.trigger() != null && inserted.contains(draft.job().id())) {
                            newTriggers.add(schedules.holdCalendars(connection, draft));
                        }
                    }
                    triggers.add(connection, newTriggers);
                    auditCreation(connection, drafts, inserted);
                    return inserted;
                });
    }

    private static Set<String> queuesOf(List<Draft> drafts) {
        var names = new HashSet<String>();
        drafts.forEach(draft -> names.add(String.valueOf(draft.job().definition().queue())));
        return names;
    }

    /** One entry however many: a batch names its jobs in it. */
    private void auditCreation(Connection connection, List<Draft> drafts, Set<UUID> inserted)
            throws SQLException {
        if (drafts.size() == 1 && inserted.size() == 1) {
            var job = drafts.getFirst().job();
            audit.add(
                    connection,
                    actor.name(),
                    "JOB_CREATED",
                    job.id(),
                    Map.of("version", 0, "definition", job.definition()));
        } else if (!inserted.isEmpty()) {
            audit.add(connection, actor.name(), "JOBS_CREATED", null, Map.of("jobIds", inserted));
        }
    }

    /** The job, unless it does not exist or is deleted. */
    Optional<Job> find(UUID id) {
        return Job.<Job>findByIdOptional(id).filter(job -> job.deletedAt == null);
    }

    /**
     * Replaces a job's definition by what {@code change} makes of it. No difference is no new
     * version.
     *
     * @param expectedVersion from If-Match; null to change whatever is there
     */
    @Transactional
    Job change(UUID id, @Nullable Long expectedVersion, Function<JobRequest, JobRequest> change) {
        return change(lock(id, expectedVersion), JobChange.CHANGED, change);
    }

    /**
     * Makes an earlier definition the current one again, as a change like any other. Whether the
     * job is paused stays as it is: that is its state, and nobody wants a job to start by itself.
     */
    @Transactional
    Job revert(UUID id, @Nullable Long expectedVersion, long version) {
        var job = lock(id, expectedVersion);
        if (version == job.version) {
            return job;
        }
        var earlier =
                withConnection(connection -> revisions.find(connection, id, version))
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

    private Job change(Job job, JobChange kind, Function<JobRequest, JobRequest> change) {
        var before = definitionOf(job);
        var after = check(change.apply(before).inNamespace(job.namespace));
        if (!Objects.equals(after.namespace(), before.namespace())) {
            throw ProblemException.invalid("namespace", "cannot be changed");
        }
        if (FieldChange.between(json.tree(before), json.tree(after)).isEmpty()) {
            return job;
        }
        inTransaction(
                connection -> {
                    chains.check(connection, job.id, after.namespace(), after.after());
                    queues.ensure(connection, List.of(String.valueOf(after.queue())));
                    var settled = triggers.settle(connection, job.id, null);
                    var now = settled.orElseGet(clock::now);
                    boolean enabled = Objects.equals(after.enabled(), true);
                    if (!Objects.equals(after.schedule(), before.schedule())) {
                        moveTrigger(
                                connection,
                                job,
                                after.schedule(),
                                now,
                                settled.isPresent(),
                                enabled);
                    } else if (enabled != job.enabled) {
                        setPaused(connection, job.id, !enabled);
                    }
                    beginVersion(connection, job, kind, now);
                    apply(job, after);
                    auditChange(connection, job, before, after);
                });
        flush(after);
        inTransaction(connection -> triggers.setVersion(connection, job.id, job.version));
        return job;
    }

    /**
     * Keeps the version in force and begins the next, whose fields are then to be set. Instants up
     * to {@code now}, to which the trigger has been settled, belong to the former.
     */
    private void beginVersion(Connection connection, Job job, JobChange change, Instant now)
            throws SQLException {
        revisions.add(connection, job.id, current(job));
        job.change = change;
        job.changedBy = actor.name();
        job.updatedAt = now;
    }

    private void auditChange(Connection connection, Job job, JobRequest before, JobRequest after)
            throws SQLException {
        var details = new TreeMap<String, Object>();
        // Hibernate counts when it writes the row, after this.
        details.put("version", job.version + 1);
        details.put("changes", FieldChange.between(json.tree(before), json.tree(after)));
        if (job.pauseNote != null) {
            details.put("note", job.pauseNote);
        }
        audit.add(connection, actor.name(), "JOB_" + job.change, job.id, details);
    }

    /** The version in force. */
    Revision current(Job job) {
        return new Revision(
                job.version,
                definitionOf(job),
                job.updatedAt,
                job.changedBy,
                job.change,
                job.pauseNote);
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
        } else if (hasTrigger) {
            triggers.move(
                    connection, job.id, JobSchedules.firstAfter(spec, schedule, now), !enabled);
        } else {
            triggers.add(
                    connection,
                    List.of(
                            new NewTrigger(
                                    job.id,
                                    job.namespace,
                                    job.version,
                                    JobSchedules.firstAfter(spec, schedule, now),
                                    !enabled)));
        }
    }

    @Transactional
    Job pause(UUID id, @Nullable String note) {
        var job = lock(id, null);
        if (!job.enabled && (note == null || note.equals(job.pauseNote))) {
            return job;
        }
        return setEnabled(job, JobChange.PAUSED, note == null ? job.pauseNote : note, null);
    }

    /**
     * @param catchUp what to execute of the instants missed while paused; null for none
     */
    @Transactional
    Job resume(UUID id, @Nullable MisfirePolicy catchUp) {
        var job = lock(id, null);
        return job.enabled ? job : setEnabled(job, JobChange.RESUMED, null, catchUp);
    }

    private Job setEnabled(
            Job job, JobChange kind, @Nullable String note, @Nullable MisfirePolicy catchUp) {
        boolean enabled = kind == JobChange.RESUMED;
        var before = definitionOf(job);
        inTransaction(
                connection -> {
                    var now = triggers.settle(connection, job.id, catchUp).orElseGet(clock::now);
                    setPaused(connection, job.id, !enabled);
                    beginVersion(connection, job, kind, now);
                    job.enabled = enabled;
                    job.pauseNote = note;
                    auditChange(connection, job, before, before.withEnabled(enabled));
                });
        Job.flush();
        inTransaction(connection -> triggers.setVersion(connection, job.id, job.version));
        return job;
    }

    private void setPaused(Connection connection, UUID id, boolean paused) throws SQLException {
        if (paused) {
            triggers.pause(connection, id);
        } else {
            triggers.resume(connection, id);
        }
    }

    /** Hides the job, removes its trigger and cancels what of it has not ended. */
    @Transactional
    void delete(UUID id, @Nullable Long expectedVersion) {
        var job = lock(id, expectedVersion);
        inTransaction(
                connection -> {
                    var now = triggers.settle(connection, id, null).orElseGet(clock::now);
                    triggers.remove(connection, id);
                    executions.cancelAllOf(connection, id, "JOB_DELETED");
                    beginVersion(connection, job, JobChange.DELETED, now);
                    job.deletedAt = now;
                    var definition = definitionOf(job);
                    auditChange(connection, job, definition, definition);
                });
        Job.flush();
    }

    /** Jobs deleted before this are not restored any more, whether they are there still or not. */
    Instant restorableSince() {
        return clock.now().minus(history.retention());
    }

    /**
     * Brings a deleted job back, paused or not as it was; one that is not deleted stays as it is.
     * Its trigger goes on from now: it had none meanwhile, so nothing was planned and nothing is
     * caught up with.
     */
    @Transactional
    Job restore(UUID id) {
        Job job = Job.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (job == null || (job.deletedAt != null && job.deletedAt.isBefore(restorableSince()))) {
            throw ProblemException.notFound("job", id);
        }
        if (job.deletedAt == null) {
            return job;
        }
        var definition = definitionOf(job);
        var now = clock.now();
        inTransaction(connection -> beginVersion(connection, job, JobChange.RESTORED, now));
        job.deletedAt = null;
        job.restoredAt = now;
        flush(definition);
        inTransaction(
                connection -> {
                    var schedule =
                            schedules.compileHeld(
                                    connection,
                                    definition.schedule(),
                                    job.namespace,
                                    job.createdAt,
                                    job.id);
                    if (schedule != null) {
                        addTrigger(connection, job, schedule.next(now));
                    }
                    record(connection, "JOB_RESTORED", job);
                });
        return job;
    }

    /** A trigger without a next fire time says that the job is completed. */
    private void addTrigger(Connection connection, Job job, @Nullable Instant nextFireAt)
            throws SQLException {
        boolean isPaused = !job.enabled || nextFireAt == null;
        var at = nextFireAt == null ? Instant.EPOCH : nextFireAt;
        triggers.add(
                connection,
                List.of(new NewTrigger(job.id, job.namespace, job.version, at, isPaused)));
        if (nextFireAt == null) {
            triggers.move(connection, job.id, null, isPaused);
        }
    }

    private void record(Connection connection, String action, Job job) throws SQLException {
        audit.add(
                connection,
                actor.name(),
                action,
                job.id,
                Map.of("namespace", job.namespace, "name", job.name));
    }

    /**
     * Runs a job now, whatever its schedule says and whether or not it is paused.
     *
     * @return the execution's id; where the overlap policy does not let it run it is SKIPPED
     */
    @Transactional
    UUID trigger(UUID id, JobRequests.ManualRun run) {
        var job = lock(id, null);
        var now = clock.now();
        if (run.scheduledAt() != null && run.scheduledAt().isAfter(now)) {
            throw ProblemException.invalid(
                    "scheduledAt", "is ahead; a run stands for now or for an instant before");
        }
        String config = null;
        if (run.config() != null) {
            var merged = MergePatch.apply(json.tree(job.config), run.config());
            handlers.validate(job.type, merged);
            config = json.text(merged);
        }
        var wanted = JobRuns.Wanted.manual(id, now, run.scheduledAt(), config);
        var overlap = run.overlap() == null ? job.overlap : run.overlap();
        return withConnection(
                connection -> {
                    triggers.lock(connection, id);
                    return runs.add(connection, wanted, overlap);
                });
    }

    /** What resuming would execute and skip; nothing for a job that is not paused. */
    @Transactional
    CatchUpPreview previewResume(UUID id, @Nullable MisfirePolicy catchUp) {
        var job = find(id).orElseThrow(() -> ProblemException.notFound("job", id));
        return withConnection(connection -> triggers.preview(connection, job.id, catchUp));
    }

    /** Executes what a range has missed. */
    @Transactional
    JobRequests.BackfillResult backfill(UUID id, JobRequests.Backfill request) {
        var job = lock(id, null);
        var schedule = scheduleOf(job);
        if (schedule == null) {
            throw new ProblemException(
                    ProblemKind.CONFLICT, "The job has no schedule, so no instants to execute.");
        }
        return withConnection(
                connection -> {
                    var result = backfill.run(connection, job, schedule, request);
                    if (!result.dryRun()) {
                        audit.add(
                                connection,
                                actor.name(),
                                "JOB_BACKFILLED",
                                id,
                                Map.of(
                                        "from",
                                        request.from(),
                                        "to",
                                        request.to(),
                                        "queued",
                                        result.queued()));
                    }
                    return result;
                });
    }

    /** A page of a job's versions, the newest first; also of a deleted job. */
    @Transactional
    RevisionView.Page revisions(UUID id, int page, int limit) {
        var job = findEvenDeleted(id);
        return withConnection(
                connection -> {
                    long total = revisions.count(connection, id) + 1;
                    // One more than is shown: what it is compared with.
                    var found = new ArrayList<Revision>();
                    if (page == 1) {
                        found.add(current(job));
                    }
                    long replaced = Math.max(0, (page - 1L) * limit - 1);
                    found.addAll(
                            revisions.page(connection, id, replaced, limit + 1 - found.size()));
                    var items = new ArrayList<RevisionView>();
                    for (int index = 0; index < Math.min(limit, found.size()); index++) {
                        var before = index + 1 < found.size() ? found.get(index + 1) : null;
                        items.add(view(found.get(index), before));
                    }
                    return new RevisionView.Page(
                            items, page, limit, total, (total + limit - 1) / limit);
                });
    }

    private RevisionView view(Revision revision, @Nullable Revision before) {
        return new RevisionView(
                revision.version(),
                revision.at(),
                revision.actor(),
                revision.change(),
                revision.note(),
                before == null
                        ? null
                        : FieldChange.between(
                                json.tree(before.definition()), json.tree(revision.definition())),
                revision.definition());
    }

    Job findEvenDeleted(UUID id) {
        return Job.<Job>findByIdOptional(id)
                .orElseThrow(() -> ProblemException.notFound("job", id));
    }

    /** The compiled schedule of a stored job; null when it runs on demand. */
    @Nullable Schedule scheduleOf(Job job) {
        return schedules.compile(
                definitionOf(job).schedule(), job.namespace, job.createdAt, job.id);
    }

    /** The job as a client would write it. */
    JobRequest definitionOf(Job job) {
        return new JobRequest(
                job.namespace,
                job.name,
                job.description,
                job.schedule == null ? null : json.stored(job.schedule, ScheduleSpec.class),
                job.type,
                json.stored(job.config, ObjectNode.class),
                job.queue,
                (int) job.priority,
                Duration.ofMillis(job.timeoutMillis),
                json.stored(job.retry, RetryPolicy.class),
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

    private Job lock(UUID id, @Nullable Long expectedVersion) {
        Job job = Job.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (job == null || job.deletedAt != null) {
            throw ProblemException.notFound("job", id);
        }
        if (expectedVersion != null && expectedVersion != job.version) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "The job is at version " + job.version + ", not " + expectedVersion + ".");
        }
        return job;
    }

    private JobRequest check(JobRequest request) {
        var definition = request.orDefaults();
        handlers.validate(
                definition.type(),
                definition.config() == null ? json.tree(Map.of()) : definition.config());
        return definition;
    }

    private void apply(Job job, JobRequest definition) {
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

    private static void flush(JobRequest definition) {
        try {
            Job.flush();
        } catch (org.hibernate.exception.ConstraintViolationException violation) {
            if ("job_name_unique".equals(violation.getConstraintName())) {
                throw nameTaken(definition);
            }
            throw violation;
        }
    }

    static ProblemException nameTaken(Draft draft) {
        return nameTaken(draft.job().definition());
    }

    private static ProblemException nameTaken(JobRequest definition) {
        return new ProblemException(
                ProblemKind.CONFLICT,
                "There is a job named '%s' in the namespace '%s'."
                        .formatted(definition.name(), definition.namespace()),
                List.of(new Violation("name", "is taken")));
    }

    private interface Query<T> {
        T on(Connection connection) throws SQLException;
    }

    private interface Change {
        void on(Connection connection) throws SQLException;
    }

    /** Runs SQL on the connection of the current transaction. */
    private <T> T withConnection(Query<T> query) {
        try (var connection = dataSource.getConnection()) {
            return query.on(connection);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The change was not stored", failure);
        }
    }

    private void inTransaction(Change change) {
        try (var connection = dataSource.getConnection()) {
            change.on(connection);
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The change was not stored", failure);
        }
    }
}
