package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.execution.ExecutionConfig;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * Removes jobs that were deleted longer ago than history is kept: by then the ledger has nothing of
 * them.
 */
@ApplicationScoped
class JobPruner implements Duty {
    private static final String NAME = "deleted-jobs";
    private static final int MAX_BATCH = 1000;

    /** Keeps jobs with executions that are not final, because these may still need the config. */
    @Language("SQL")
    private static final String PRUNE =
            """
            delete from job
            where id in (
                select id from job j
                where deleted_at < clock_timestamp() - ? * interval '1 millisecond'
                  and not exists (
                      select from execution e
                      where e.job_id = j.id
                        and e.state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING'))
                limit ?
                for update skip locked)
            """;

    private final Database database;
    private final ExecutionConfig config;
    private final Housekeeping housekeeping;

    JobPruner(Database database, ExecutionConfig config, Housekeeping housekeeping) {
        this.database = database;
        this.config = config;
        this.housekeeping = housekeeping;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(10);
    }

    @Scheduled(identity = NAME, every = "10m")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    /** Removes all such jobs, one batch per transaction. */
    @Override
    public void run() {
        for (int pruned = MAX_BATCH; pruned == MAX_BATCH; ) {
            pruned = runOnce();
        }
    }

    /** Removes one batch; returns how many. */
    int runOnce() {
        return database.with(
                PRUNE,
                statement -> {
                    statement.setLong(1, config.retention().toMillis());
                    statement.setInt(2, MAX_BATCH);
                    int pruned = statement.executeUpdate();
                    if (pruned > 0) {
                        Log.infof("removed deleted jobs count=%d", pruned);
                    }
                    return pruned;
                });
    }
}
