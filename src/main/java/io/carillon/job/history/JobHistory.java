package io.carillon.job.history;

import io.carillon.database.Database;
import io.carillon.job.FieldChange;
import io.carillon.job.JobMapping;
import io.carillon.job.JobRevisions;
import io.carillon.job.JobService;
import io.carillon.job.Revision;
import io.carillon.json.Json;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists the versions of a job for readers. */
@ApplicationScoped
public class JobHistory {
    private final Database database;
    private final JobService jobs;
    private final JobMapping stored;
    private final JobRevisions revisions;
    private final Json json;

    JobHistory(
            Database database,
            JobService jobs,
            JobMapping stored,
            JobRevisions revisions,
            Json json) {
        this.database = database;
        this.jobs = jobs;
        this.stored = stored;
        this.revisions = revisions;
        this.json = json;
    }

    /** Returns a page of a job's versions, newest first; also for a deleted job. */
    @Transactional
    public RevisionView.Page page(Scope scope, UUID id, int page, int limit) {
        var job = jobs.findEvenDeleted(scope, id);
        return database.with(
                connection -> {
                    long total = revisions.count(connection, id) + 1;
                    // One more than is shown: the last one shown is compared with it.
                    var found = new ArrayList<Revision>();
                    if (page == 1) {
                        found.add(stored.current(job));
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
                        : FieldChange.shown(
                                FieldChange.between(
                                        json.tree(before.definition()),
                                        json.tree(revision.definition()))),
                revision.definition().shown());
    }
}
