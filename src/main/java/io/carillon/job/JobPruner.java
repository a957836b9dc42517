package io.carillon.job;

import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.StartOrder;
import io.carillon.execution.ExecutionConfig;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;

/**
 * Removes jobs that were deleted longer ago than history is kept: by then nothing is left of them
 * in the ledger. Any replica may, several at the same time too.
 */
@ApplicationScoped
class JobPruner {
    private static final int LARGEST_BATCH = 1000;
    private static final Duration PAUSE = Duration.ofMinutes(10);

    /** What is not final may still need its job's config. */
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

    private final DataSource dataSource;
    private final ExecutionConfig config;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("carillon-job-pruner").daemon().factory());

    JobPruner(DataSource dataSource, ExecutionConfig config) {
        this.dataSource = dataSource;
        this.config = config;
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        var _ = timer.scheduleWithFixedDelay(this::round, 0, PAUSE.toSeconds(), TimeUnit.SECONDS);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        timer.shutdownNow();
    }

    private void round() {
        try {
            int pruned;
            do {
                pruned = runOnce();
            } while (pruned == LARGEST_BATCH);
        } catch (RuntimeException failure) {
            Log.warnf("deleted jobs were not removed: %s", failure.getMessage());
        }
    }

    /** Removes some; returns how many. */
    int runOnce() {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(PRUNE)) {
            statement.setLong(1, config.retention().toMillis());
            statement.setInt(2, LARGEST_BATCH);
            int pruned = statement.executeUpdate();
            if (pruned > 0) {
                Log.infof("removed deleted jobs count=%d", pruned);
            }
            return pruned;
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Deleted jobs could not be removed", failure);
        }
    }
}
