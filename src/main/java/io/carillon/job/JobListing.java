package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.json.Json;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Finds the jobs of a page and counts them all, and finds a job by its name. */
@ApplicationScoped
public class JobListing {
    /**
     * The best plan depends on the label: if few jobs have it, PostgreSQL should use its index,
     * otherwise the order of names. So the plan must know the label.
     */
    @Language("SQL")
    private static final String PLAN_FOR_PARAMETERS =
            "set local plan_cache_mode = force_custom_plan";

    private final Database database;
    private final Json json;

    JobListing(Database database, Json json) {
        this.database = database;
        this.json = json;
    }

    /**
     * @param total how many jobs are on all pages
     */
    public record Page(List<Job> jobs, long total) {}

    /** Returns a page of the jobs that the caller may see. */
    @Transactional
    public Page page(Scope scope, JobQuery query, Instant restorableSince) {
        var labels = query.labels();
        if (labels.isEmpty()) {
            return read(scope, query, null, restorableSince);
        }
        database.run(
                connection -> {
                    try (var settings = connection.createStatement()) {
                        settings.execute(PLAN_FOR_PARAMETERS);
                    }
                });
        return read(scope, query, json.text(labels), restorableSince);
    }

    /**
     * Finds jobs of the namespaces in which the caller may do what it asks for, by namespace and
     * name; their rows are no longer attached.
     *
     * @param labels that a job must have; null or empty: any
     * @param limit how many at most
     */
    @Transactional
    public List<Job> matching(
            Scope scope, JobQuery query, @Nullable Map<String, String> labels, int limit) {
        var having = labels == null || labels.isEmpty() ? null : json.text(labels);
        var found = query.find(scope, Instant.EPOCH, having).range(0, limit - 1).list();
        // What changes one of them later must read it anew.
        Job.getEntityManager().clear();
        return found;
    }

    /** Finds a job by its name, unless it is deleted or the caller may not see it. */
    @Transactional
    public Optional<Job> find(Scope scope, String namespace, String name) {
        return scope.sees(namespace)
                ? Job.<Job>find(
                                "namespace = ?1 and name = ?2 and deletedAt is null",
                                namespace,
                                name)
                        .firstResultOptional()
                : Optional.empty();
    }

    private static Page read(
            Scope scope, JobQuery query, @Nullable String labels, Instant restorableSince) {
        int page = query.pageNumber();
        int limit = query.pageSize();
        var found = query.find(scope, restorableSince, labels).page(page - 1, limit);
        List<Job> jobs = found.list();
        // If the page is neither full nor empty, the total follows from it.
        boolean isLast = jobs.size() < limit && (page == 1 || !jobs.isEmpty());
        return new Page(jobs, isLast ? (page - 1L) * limit + jobs.size() : found.count());
    }
}
