package io.carillon.job.planning;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.follow.JobRuns;
import io.carillon.firing.Triggers;
import io.carillon.handler.JobHandlers;
import io.carillon.handler.MaskedHeaders;
import io.carillon.job.JobMapping;
import io.carillon.job.JobRequests;
import io.carillon.job.JobService;
import io.carillon.json.Json;
import io.carillon.json.MergePatch;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Map;
import java.util.UUID;

/** Runs jobs on request: now, or for the missed instants of a range. */
@ApplicationScoped
public class ManualRuns {
    private final Database database;
    private final JobService jobs;
    private final JobMapping stored;
    private final Triggers triggers;
    private final JobRuns runs;
    private final Backfill backfill;
    private final JobHandlers handlers;
    private final AuditLog audit;
    private final DatabaseClock clock;
    private final Json json;

    ManualRuns(
            Database database,
            JobService jobs,
            JobMapping stored,
            Triggers triggers,
            JobRuns runs,
            Backfill backfill,
            JobHandlers handlers,
            AuditLog audit,
            DatabaseClock clock,
            Json json) {
        this.database = database;
        this.jobs = jobs;
        this.stored = stored;
        this.triggers = triggers;
        this.runs = runs;
        this.backfill = backfill;
        this.handlers = handlers;
        this.audit = audit;
        this.clock = clock;
        this.json = json;
    }

    /**
     * Runs a job now, whatever its schedule says and whether or not it is paused.
     *
     * @return the execution's id; the execution is SKIPPED if the overlap policy does not let it
     *     run
     */
    @Transactional
    public UUID trigger(Scope scope, UUID id, JobRequests.ManualRun run) {
        var job = jobs.lock(scope, id, null);
        var now = clock.now();
        if (run.scheduledAt() != null && run.scheduledAt().isAfter(now)) {
            throw ProblemException.invalid(
                    "scheduledAt",
                    "is in the future; a run stands for now or for an earlier instant");
        }
        String config = null;
        if (run.config() != null) {
            var ofJob = json.tree(job.config);
            var merged = MaskedHeaders.kept(MergePatch.apply(ofJob, run.config()), ofJob);
            handlers.validate(job.type, merged, job.namespace);
            config = json.text(merged);
        }
        var wanted = JobRuns.Wanted.manual(id, now, run.scheduledAt(), config);
        var overlap = run.overlap() == null ? job.overlap : run.overlap();
        return database.with(
                connection -> {
                    triggers.lock(connection, id);
                    var execution = runs.add(connection, wanted, overlap);
                    audit.add(
                            connection,
                            "JOB_TRIGGERED",
                            job.namespace,
                            id,
                            Map.of("executionId", execution));
                    return execution;
                });
    }

    /** Executes the missed instants of a range. */
    @Transactional
    JobRequests.BackfillResult backfill(
            Scope scope, UUID id, JobRequests.Backfill request, boolean isDryRun) {
        var job = jobs.lock(scope, id, null);
        var schedule = stored.scheduleOf(job);
        if (schedule == null) {
            throw new ProblemException(
                    ProblemKind.CONFLICT,
                    "The job has no schedule, so it has no instants to execute.");
        }
        return database.with(
                connection -> {
                    var result = backfill.run(connection, job, schedule, request, isDryRun);
                    if (!result.dryRun()) {
                        audit.add(
                                connection,
                                "JOB_BACKFILLED",
                                job.namespace,
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
}
