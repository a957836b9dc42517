package io.carillon.job.bulk;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.JobDefinition;
import io.carillon.job.FieldChange;
import io.carillon.job.Job;
import io.carillon.job.JobCreation;
import io.carillon.job.JobListing;
import io.carillon.job.JobMapping;
import io.carillon.job.JobQuery;
import io.carillon.job.JobService;
import io.carillon.job.JobSummaries;
import io.carillon.job.Upcoming;
import io.carillon.json.Json;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.Scope;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Makes the jobs of an owner what it declares: all of them, or none. */
@ApplicationScoped
class JobApply {
    /** Two states of one owner must not mix. */
    @Language("SQL")
    private static final String ONE_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtextextended('carillon.apply:' || ? || '/' || ?, 0))";

    private static final int SHOWN_INSTANTS = 3;

    private final Declarations declarations;
    private final JobCreation creation;
    private final JobListing listing;
    private final JobService jobs;
    private final JobMapping stored;
    private final JobSummaries summaries;
    private final Database database;
    private final DatabaseClock clock;
    private final Json json;

    JobApply(
            Declarations declarations,
            JobCreation creation,
            JobListing listing,
            JobService jobs,
            JobMapping stored,
            JobSummaries summaries,
            Database database,
            DatabaseClock clock,
            Json json) {
        this.declarations = declarations;
        this.creation = creation;
        this.listing = listing;
        this.jobs = jobs;
        this.stored = stored;
        this.summaries = summaries;
        this.database = database;
        this.clock = clock;
        this.json = json;
    }

    /**
     * @param dryRun roll everything back
     * @param prune delete what the owner no longer names
     * @param adopt take over jobs that no owner has declared
     */
    record Options(boolean dryRun, boolean prune, boolean adopt) {}

    /** Ends a dry run, so that nothing of it is stored. */
    private static final class Tried extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient ApplyResult result;

        Tried(ApplyResult result) {
            super("a dry run", null, false, false);
            this.result = result;
        }
    }

    /**
     * @throws ProblemException 400 with the violations of all jobs, 403 if the scope does not
     *     permit it, 409 if a job belongs to another owner, 422 if a schedule never fires, 429 past
     *     a quota
     */
    ApplyResult run(Scope scope, ApplyRequest request, Options options) {
        String namespace = scope.namespace(request.namespace());
        var groups = declarations.read(request, namespace);
        try {
            return QuarkusTransaction.requiringNew()
                    .call(
                            () -> {
                                var result =
                                        apply(scope, namespace, request.owner(), groups, options);
                                if (options.dryRun) {
                                    throw new Tried(result);
                                }
                                return result;
                            });
        } catch (Tried tried) {
            return tried.result;
        }
    }

    private ApplyResult apply(
            Scope scope,
            String namespace,
            String owner,
            List<List<Declared>> groups,
            Options options) {
        database.with(
                ONE_AT_A_TIME,
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, owner);
                    return statement.execute();
                });
        var declared = groups.stream().flatMap(List::stream).toList();
        var existing = existing(namespace, declared);
        checkOwners(declared, existing, owner, options.adopt);
        var noLonger = noLongerNamed(scope, namespace, owner, declared);
        if (options.prune) {
            noLonger.forEach(each -> jobs.delete(scope, each.id(), null));
        }
        var created = new HashMap<Integer, ApplyResult.Created>();
        var changed = new HashMap<Integer, ApplyResult.Changed>();
        for (var group : groups) {
            created.putAll(create(scope, group, existing.keySet(), options.dryRun));
            for (var each : group) {
                var known = existing.get(each.name());
                var change = known == null ? null : change(scope, known, each);
                if (change != null) {
                    changed.put(each.index(), change);
                }
            }
        }
        return new ApplyResult(
                options.dryRun,
                namespace,
                owner,
                inOrder(created),
                inOrder(changed),
                options.prune ? noLonger : List.of(),
                options.prune ? List.of() : noLonger,
                declared.size() - created.size() - changed.size());
    }

    /** A job as it was before; nothing is locked yet. */
    private record Known(UUID id, @Nullable String owner, JobDefinition definition) {}

    private Map<String, Known> existing(String namespace, List<Declared> declared) {
        var names = declared.stream().map(Declared::name).toList();
        if (names.isEmpty()) {
            return Map.of();
        }
        var known = new HashMap<String, Known>();
        for (var job :
                Job.<Job>list(
                        "namespace = ?1 and name in ?2 and deletedAt is null", namespace, names)) {
            var definition = stored.current(job).definition();
            var labels = Objects.requireNonNullElse(definition.labels(), Map.<String, String>of());
            known.put(job.name, new Known(job.id, labels.get(Declared.OWNER_LABEL), definition));
        }
        forgetRows();
        return known;
    }

    private static void checkOwners(
            List<Declared> declared, Map<String, Known> existing, String owner, boolean adopt) {
        var others = new ArrayList<Violation>();
        for (var each : declared) {
            var job = existing.get(each.name());
            String other = job == null ? owner : job.owner;
            if (other == null && !adopt) {
                others.add(
                        new Violation(
                                each.prefix() + "name",
                                "this job was not declared by an owner; adopt=true takes it over"));
            } else if (other != null && !other.equals(owner)) {
                others.add(new Violation(each.prefix() + "name", "belongs to the owner " + other));
            }
        }
        if (!others.isEmpty()) {
            var first = others.getFirst();
            throw new ProblemException(
                    ProblemKind.CONFLICT, first.field() + ": " + first.message(), others);
        }
    }

    private List<ApplyResult.Named> noLongerNamed(
            Scope scope, String namespace, String owner, List<Declared> declared) {
        var named = declared.stream().map(Declared::name).collect(Collectors.toSet());
        var owned =
                listing.matching(
                        scope,
                        JobQuery.in(namespace),
                        Map.of(Declared.OWNER_LABEL, owner),
                        Integer.MAX_VALUE);
        return owned.stream()
                .filter(job -> !named.contains(job.name))
                .map(job -> new ApplyResult.Named(job.id, job.name))
                .toList();
    }

    /** Creates those of a group that do not exist, at once. */
    private Map<Integer, ApplyResult.Created> create(
            Scope scope, List<Declared> group, Set<String> existing, boolean dryRun) {
        var drafts = new TreeMap<Integer, JobCreation.Draft>();
        for (var each : group) {
            if (!existing.contains(each.name())) {
                try {
                    drafts.put(each.index(), creation.draft(scope, each.definition()));
                } catch (ProblemException problem) {
                    throw problem.within(each.prefix());
                }
            }
        }
        var created = new HashMap<Integer, ApplyResult.Created>();
        if (drafts.isEmpty()) {
            return created;
        }
        creation.createAll(drafts, true);
        drafts.forEach(
                (index, draft) -> {
                    var job = stored.rowOf(draft.job());
                    var upcoming = upcoming(job);
                    created.put(
                            index,
                            new ApplyResult.Created(
                                    dryRun ? null : job.id,
                                    job.name,
                                    upcoming.description(),
                                    instants(job, upcoming)));
                });
        return created;
    }

    /** Returns null if nothing differs; a job that certainly does not differ is not even locked. */
    private ApplyResult.@Nullable Changed change(Scope scope, Known known, Declared declared) {
        if (isAsDeclared(known.definition, declared)) {
            return null;
        }
        var job = jobs.lock(scope, known.id, null);
        var before = stored.current(job);
        var nextBefore = instants(job, upcoming(job));
        try {
            jobs.change(scope, known.id, null, declared::over);
        } catch (ProblemException problem) {
            throw problem.within(declared.prefix());
        }
        var after = stored.current(job);
        if (after.version() == before.version()) {
            return null;
        }
        var next = instants(job, upcoming(job));
        boolean isSame = next.equals(nextBefore);
        forgetRows();
        return new ApplyResult.Changed(
                known.id,
                declared.name(),
                FieldChange.shown(
                        FieldChange.between(
                                json.tree(before.definition()), json.tree(after.definition()))),
                isSame ? null : nextBefore,
                isSame ? null : next);
    }

    private boolean isAsDeclared(JobDefinition before, Declared declared) {
        var after = declared.over(before).keeping(before).orDefaults();
        return FieldChange.between(json.tree(before), json.tree(after)).isEmpty();
    }

    /** Each change looks at every row that Hibernate knows of. */
    private static void forgetRows() {
        Job.getEntityManager().clear();
    }

    private Upcoming upcoming(Job job) {
        return summaries.upcoming(job, clock.now(), SHOWN_INSTANTS);
    }

    /** Returns no instants for a paused job. */
    private static List<Instant> instants(Job job, Upcoming upcoming) {
        return job.enabled
                ? upcoming.next().stream().map(Upcoming.Planned::at).toList()
                : List.of();
    }

    private static <T> List<T> inOrder(Map<Integer, T> byIndex) {
        return byIndex.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }
}
