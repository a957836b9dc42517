package io.carillon.job;

import io.carillon.execution.dispatch.JobPauser;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Pauses a job whose target answered that it no longer exists. */
@ApplicationScoped
class PauseByTarget implements JobPauser {
    private final JobService jobs;

    PauseByTarget(JobService jobs) {
        this.jobs = jobs;
    }

    @Override
    public void pause(UUID jobId, String note) {
        try {
            jobs.pause(Scope.EVERYTHING, jobId, note);
            Log.infof("job paused jobId=%s: %s", jobId, note);
        } catch (ProblemException deleted) {
            Log.debugf("job not paused, it was deleted meanwhile jobId=%s", jobId);
        }
    }
}
