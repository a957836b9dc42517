package io.carillon.job.bulk;

import io.carillon.job.Job;
import io.carillon.job.JobListing;
import io.carillon.job.JobRequests.ManualRun;
import io.carillon.job.JobService;
import io.carillon.job.bulk.ActionRequest.Item;
import io.carillon.job.planning.ManualRuns;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing with all jobs that a filter finds, each in its own transaction: one that is
 * refused keeps no other from it.
 */
@ApplicationScoped
class JobActions {
    private static final int MAX_JOBS = 10_000;

    private final JobListing listing;
    private final JobService jobs;
    private final ManualRuns runs;

    JobActions(JobListing listing, JobService jobs, ManualRuns runs) {
        this.listing = listing;
        this.jobs = jobs;
        this.runs = runs;
    }

    /**
     * @throws ProblemException 400 if the filter is empty, or finds more than 10,000 jobs
     */
    ActionRequest.Result run(Scope scope, ActionRequest request, boolean dryRun) {
        if (request.filter().hasNoCondition()) {
            throw ProblemException.invalid(
                    "filter", "give at least one condition; namespace finds all of its jobs");
        }
        var filter = request.filter();
        var found = listing.matching(scope, filter.conditions(), filter.labels(), MAX_JOBS + 1);
        if (found.size() > MAX_JOBS) {
            throw ProblemException.invalid(
                    "filter", "finds more than " + MAX_JOBS + " jobs: narrow it");
        }
        var items = new ArrayList<Item>();
        for (var job : found) {
            items.add(dryRun ? item(job, null, null) : done(scope, job, request));
        }
        int failed = (int) items.stream().filter(item -> item.problem() != null).count();
        return new ActionRequest.Result(
                dryRun,
                request.action(),
                items.size(),
                dryRun ? 0 : items.size() - failed,
                failed,
                items);
    }

    private Item done(Scope scope, Job job, ActionRequest request) {
        try {
            UUID execution = null;
            switch (request.action()) {
                case PAUSE -> jobs.pause(scope, job.id, request.note());
                case RESUME -> jobs.resume(scope, job.id, request.catchUp());
                case TRIGGER -> execution = runs.trigger(scope, job.id, ManualRun.PLAIN);
                case DELETE -> jobs.delete(scope, job.id, null);
            }
            return item(job, execution, null);
        } catch (ProblemException problem) {
            return item(job, null, problem);
        }
    }

    private static Item item(
            Job job, @Nullable UUID execution, @Nullable ProblemException problem) {
        return new Item(
                job.id,
                job.namespace,
                job.name,
                execution,
                problem == null ? null : problem.toProblem(null));
    }
}
