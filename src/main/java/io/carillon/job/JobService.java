package io.carillon.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.audit.Actor;
import io.carillon.audit.AuditLog;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionStore;
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
import io.carillon.schedule.InvalidScheduleException;
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
    private final Triggers triggers;
    private final ExecutionStore executions;
    private final JobHandlers handlers;
    private final JobRevisions revisions;
    private final Backfill backfill;
    private final AuditLog audit;
    private final Actor actor;
    private final DatabaseClock clock;
    private final Json json;

    JobService(
            DataSource dataSource,
            JobInserts inserts,
            Triggers triggers,
            ExecutionStore executions,
            JobHandlers handlers,
            JobRevisions revisions,
            Backfill backfill,
            AuditLog audit,
            Actor actor,
            DatabaseClock clock,
            Json json) {
        this.dataSource = dataSource;
        this.inserts = inserts;
        this.triggers = triggers;
        this.executions = executions;
        this.handlers = handlers;
        this.revisions = revisions;
        this.backfill = backfill;
        this.audit = audit;
        this.actor = actor;
        this.clock = clock;
        this.json = json;
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
        var schedule = compile(definition.schedule(), createdAt, id);
        var trigger =
                schedule == null
                        ? null
                        : new NewTrigger(
                                id,
                                String.valueOf(definition.namespace()),
                                firstAfter(definition.schedule(), schedule, createdAt),
                                !Objects.equals(definition.enabled(), true));
        return new Draft(new JobInserts.NewJob(id, definition, createdAt), trigger);
    }

    /** Stores one job; 409 if its name is taken. */
    @Transactional
    Job create(Draft draft) {
        if (insert(List.of(draft)).isEmpty()) {
            throw nameTaken(draft.job().definition());
        }
        return Objects.requireNonNull(Job.<Job>findById(draft.job().id()));
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
                    var inserted =
                            inserts.insert(
                                    connection,
                                    actor.name(),
                                    drafts.stream().map(Draft::job).toList());
                    var newTriggers = new ArrayList<NewTrigger>();
                    for (var draft : drafts) {
                        if (draft.trigger() != null && inserted.contains(draft.job().id())) {
                            newTriggers.add(draft.trigger());
                        }
                    }
                    triggers.add(connection, newTriggers);
                    auditCreation(connection, drafts, inserted);
                    return inserted;
                });
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
        var schedule = compile(spec, job.createdAt, job.id);
        if (schedule == null) {
            triggers.remove(connection, job.id);
        } else if (hasTrigger) {
            triggers.move(connection, job.id, firstAfter(spec, schedule, now), !enabled);
        } else {
            triggers.add(
                    connection,
                    List.of(
                            new NewTrigger(
                                    job.id,
                                    job.namespace,
                                    firstAfter(spec, schedule, now),
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
        return job;
    }

    private void setPaused(Connection connection, UUID id, boolean paused) throws SQLException {
        if (paused) {
            triggers.pause(connection, id);
        } else {
            triggers.resume(connection, id);
        }
    }

    /** Hides the job, removes its trigger and cancels what of it has not started. */
    @Transactional
    void delete(UUID id, @Nullable Long expectedVersion) {
        var job = lock(id, expectedVersion);
        inTransaction(
                connection -> {
                    var now = triggers.settle(connection, id, null).orElseGet(clock::now);
                    triggers.remove(connection, id);
                    executions.cancelWaiting(connection, id, "JOB_DELETED");
                    beginVersion(connection, job, JobChange.DELETED, now);
                    job.deletedAt = now;
                    var definition = definitionOf(job);
                    auditChange(connection, job, definition, definition);
                });
        Job.flush();
    }

    /**
     * Queues a run now, whatever the schedule says.
     *
     * @param override merged over the job's config (RFC 7396); null for none
     */
    @Transactional
    UUID trigger(UUID id, @Nullable ObjectNode override) {
        var job = lock(id, null);
        String config = null;
        if (override != null) {
            var merged = MergePatch.apply(json.tree(job.config), override);
            handlers.validate(job.type, merged);
            config = json.text(merged);
        }
        String merged = config;
        return withConnection(
                connection -> executions.insertManual(connection, id, clock.now(), merged));
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
                    // Versions have no holes, so a page begins at a version.
                    long newest = job.version - (page - 1L) * limit;
                    // One more than is shown: what it is compared with.
                    var found = new ArrayList<Revision>();
                    if (page == 1) {
                        found.add(current(job));
                    }
                    found.addAll(
                            revisions.before(connection, id, newest + 1, limit + 1 - found.size()));
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
        return compile(definitionOf(job).schedule(), job.createdAt, job.id);
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

    static @Nullable Schedule compile(@Nullable ScheduleSpec spec, Instant createdAt, UUID id) {
        if (spec == null) {
            return null;
        }
        try {
            return spec.compile(createdAt, id.toString());
        } catch (InvalidScheduleException invalid) {
            String field = invalid.field().isEmpty() ? "schedule" : "schedule." + invalid.field();
            var violations = List.of(new Violation(field, String.valueOf(invalid.getMessage())));
            if (invalid.neverFires()) {
                throw new ProblemException(
                        ProblemKind.NEVER_FIRES, field + ": " + invalid.getMessage(), violations);
            }
            throw ProblemException.invalid(violations);
        }
    }

    private static Instant firstAfter(@Nullable ScheduleSpec spec, Schedule schedule, Instant now) {
        var first = schedule.next(now);
        if (first == null) {
            String field =
                    spec != null && spec.at() != null
                            ? "schedule.at"
                            : spec != null && spec.endAt() != null ? "schedule.endAt" : "schedule";
            throw new ProblemException(
                    ProblemKind.NEVER_FIRES,
                    "The schedule has no instant after " + now + ".",
                    List.of(new Violation(field, "leaves no instant after now")));
        }
        return first;
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
