package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.json.Json;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Finds the jobs of a page and counts them all. */
@ApplicationScoped
class JobListing {
    /**
     * How many jobs have a label decides whether its index or the order of names is the way to a
     * page: the plan must know the label.
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
     * @param total of all pages
     */
    record Page(List<Job> jobs, long total) {}

    /** A page of the jobs in sight. */
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

    private static Page read(
            Scope scope, JobQuery query, @Nullable String labels, Instant restorableSince) {
        int page = query.pageNumber();
        int limit = query.pageSize();
        var found = query.find(scope, restorableSince, labels).page(page - 1, limit);
        List<Job> jobs = found.list();
        // A page that is not full, but for an empty one, tells how many there are.
        boolean isLast = jobs.size() < limit && (page == 1 || !jobs.isEmpty());
        return new Page(jobs, isLast ? (page - 1L) * limit + jobs.size() : found.count());
    }
}
