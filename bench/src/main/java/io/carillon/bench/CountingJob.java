package io.carillon.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** A Quartz job with nothing to do. */
public final class CountingJob implements Job {
    private static final AtomicLong EXECUTED = new AtomicLong();

    /** How many this process has run. */
    static long executed() {
        return EXECUTED.get();
    }

    @Override
    public void execute(JobExecutionContext context) {
        EXECUTED.incrementAndGet();
    }
}
