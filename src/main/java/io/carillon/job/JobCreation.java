package io.carillon.job;

import io.carillon.audit.AuditLog;
import io.carillon.calendar.Calendars;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.UuidV7;
import io.carillon.definition.JobDefinition;
import io.carillon.firing.NewTrigger;
import io.carillon.firing.Triggers;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.queue.QueueKey;
import io.carillon.queue.QueueStore;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Scope;
import io.carillon.tenancy.NamespaceQuotas;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creates jobs, one or many, with their triggers, in one transaction and set-based. */
@ApplicationScoped
public class JobCreation {
    private final Database database;
    private final JobInserts inserts;
    private final JobChains chains;
    private final JobSchedules schedules;
    private final Calendars calendars;
    private final JobMapping stored;
    private final Triggers triggers;
    private final QueueStore queues;
    private final AuditLog audit;
    private final CurrentCaller caller;
    private final DatabaseClock clock;
    private final NamespaceQuotas quotas;

    JobCreation(
            Database database,
            JobInserts inserts,
            JobChains chains,
            JobSchedules schedules,
            Calendars calendars,
            JobMapping stored,
            Triggers triggers,
            QueueStore queues,
            AuditLog audit,
            CurrentCaller caller,
            DatabaseClock clock,
            NamespaceQuotas quotas) {
        this.database = database;
        this.inserts = inserts;
        this.chains = chains;
        this.schedules = schedules;
        this.calendars = calendars;
        this.stored = stored;
        this.triggers = triggers;
        this.queues = queues;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
        this.quotas = quotas;
    }

    /**
     * A definition that has passed every check, with the trigger it needs; {@code trigger} null: on
     * demand.
     */
    public record Draft(JobInserts.NewJob job, @Nullable NewTrigger trigger) {}

    /**
     * Checks a definition and compiles its schedule.
     *
     * @throws ProblemException 400 naming the field, 403 if the scope does not permit it in its
     *     namespace, or 422 for a schedule that never fires
     */
    public Draft draft(Scope scope, JobDefinition request) {
        // The creation time anchors the schedule's phase, so it is stored exactly as it is here.
        var createdAt = clock.now().truncatedTo(ChronoUnit.MILLIS);
        var id = UuidV7.at(createdAt);
        var asked = request.inNamespace(scope.namespace(request.namespace()));
        var definition = stored.check(asked.after() == null ? asked : followingAJob(asked));
        var schedule =
                schedules.compile(
                        definition.schedule(),
                        String.valueOf(definition.namespace()),
                        createdAt,
                        id);
        if (schedule != null) {
            quotas.checkDensity(String.valueOf(definition.namespace()), schedule, createdAt);
        }
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

    private JobDefinition followingAJob(JobDefinition asked) {
        return database.with(
                connection -> {
                    var resolved = chains.resolved(connection, asked);
                    chains.check(connection, null, asked.namespace(), resolved.after());
                    return resolved;
                });
    }

    /**
     * Stores one job; 409 if its name is taken.
     *
     * @return what was stored, without reading it again
     */
    public Job create(Draft draft) {
        database.inTransaction(
                connection -> {
                    var inserted = insert(connection, List.of(draft));
                    if (inserted.isEmpty()) {
                        throw nameTaken(draft.job().definition());
                    }
                    return inserted;
                });
        return stored.rowOf(draft.job());
    }

    /**
     * Stores the drafts whose name is free and returns their ids. With {@code atomic}: stores all,
     * or fails with a 409.
     *
     * @param drafts the drafts by their position in the batch
     */
    public Set<UUID> createAll(SortedMap<Integer, Draft> drafts, boolean atomic) {
        return database.inTransaction(
                connection -> {
                    var inserted = insert(connection, List.copyOf(drafts.values()));
                    if (atomic && inserted.size() < drafts.size()) {
                        var taken =
                                drafts.entrySet().stream()
                                        .filter(
                                                draft ->
                                                        !inserted.contains(
                                                                draft.getValue().job().id()))
                                        .findFirst()
                                        .orElseThrow();
                        throw nameTaken(taken.getKey(), taken.getValue());
                    }
                    return inserted;
                });
    }

    /** Returns the problem for a job of a batch whose name is taken. */
    public static ProblemException nameTaken(int index, Draft draft) {
        return nameTaken(draft.job().definition()).within("jobs[" + index + "].");
    }

    private Set<UUID> insert(Connection connection, List<Draft> drafts) throws SQLException {
        queues.ensure(
                connection,
                drafts.stream().map(draft -> QueueKey.of(draft.job().definition())).toList());
        var namespaces =
                namesOf(drafts, draft -> String.valueOf(draft.job().definition().namespace()));
        var inserted =
                inserts.insert(connection, caller.name(), drafts.stream().map(Draft::job).toList());
        quotas.checkJobs(connection, namespaces);
        var held = calendars.hold(connection);
        var newTriggers = new ArrayList<NewTrigger>();
        for (var draft : drafts) {
            if (draft.trigger() != null && inserted.contains(draft.job().id())) {
                newTriggers.add(schedules.holdCalendars(held, draft));
            }
        }
        triggers.add(connection, newTriggers);
        auditCreation(connection, drafts, inserted);
        return inserted;
    }

    private static Set<String> namesOf(List<Draft> drafts, Function<Draft, String> name) {
        return drafts.stream().map(name).collect(Collectors.toSet());
    }

    /**
     * Writes one audit entry per namespace, however many jobs there are; it names the jobs of the
     * batch.
     */
    private void auditCreation(Connection connection, List<Draft> drafts, Set<UUID> inserted)
            throws SQLException {
        if (drafts.size() == 1 && inserted.size() == 1) {
            var job = drafts.getFirst().job();
            audit.add(
                    connection,
                    "JOB_CREATED",
                    job.definition().namespace(),
                    job.id(),
                    Map.of("version", 0, "definition", job.definition().shown()));
        } else if (!inserted.isEmpty()) {
            var byNamespace = new TreeMap<String, List<UUID>>();
            for (var draft : drafts) {
                if (inserted.contains(draft.job().id())) {
                    byNamespace
                            .computeIfAbsent(
                                    String.valueOf(draft.job().definition().namespace()),
                                    first -> new ArrayList<>())
                            .add(draft.job().id());
                }
            }
            for (var made : byNamespace.entrySet()) {
                audit.add(
                        connection,
                        "JOBS_CREATED",
                        made.getKey(),
                        null,
                        Map.of("jobIds", made.getValue()));
            }
        }
    }

    public static ProblemException nameTaken(Draft draft) {
        return nameTaken(draft.job().definition());
    }

    public static ProblemException nameTaken(JobDefinition definition) {
        return new ProblemException(
                ProblemKind.CONFLICT,
                "There is already a job named '%s' in the namespace '%s'."
                        .formatted(definition.name(), definition.namespace()),
                List.of(new Violation("name", "is taken")));
    }
}
