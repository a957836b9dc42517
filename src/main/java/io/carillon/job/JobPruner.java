package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.execution.ExecutionConfig;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * Removes jobs that were deleted longer ago than history is kept: by then nothing is left of them
 * in the ledger. Any replica may, several at the same time too.
 */
@ApplicationScoped
class JobPruner {
    private static final int MAX_BATCH = 1000;
    private static final Duration PAUSE = Duration.ofMinutes(10);

    /** Leaves jobs with executions that are not final: these may still need the config. */
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
                        and e.state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'RETRYING'))
                limit ?
                for update skip locked)
            """;

    private final Database database;
    private final ExecutionConfig config;
    private final Loops loops;
    private final Loop loop;

    JobPruner(Database database, ExecutionConfig config, Loops loops) {
        this.database = database;
        this.config = config;
        this.loops = loops;
        this.loop = loops.background("job-pruner", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        return runOnce() == MAX_BATCH ? Duration.ZERO : PAUSE;
    }

    /** Removes some; returns how many. */
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
