package io.carillon.firing;

import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;

/**
 * Serves as the class of the one durable Quartz job that every trigger belongs to. Quartz never
 * runs it: a trigger is done when {@link FiringJobStore} has written its execution.
 */
public final class FiringJob implements Job {
    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        throw new JobExecutionException(
                "triggers are fired by FiringJobStore, not by Quartz's pool");
    }
}
