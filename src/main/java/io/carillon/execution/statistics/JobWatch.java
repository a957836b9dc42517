package io.carillon.execution.statistics;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads which jobs have metrics of their own, the first by namespace and name, and how they ended
 * last; only where that is switched on.
 */
@ApplicationScoped
class JobWatch {
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** Looks at the last hundred executions of a job, however many it has. */
    @Language("SQL")
    private static final String READ =
            """
            with named as (
                select id, namespace, name from job where deleted_at is null
                order by namespace, name
                limit ?)
            select named.id, named.namespace, named.name,
                   max(last.finished_at) filter (where last.state = 'SUCCEEDED') as succeeded_at,
                   max(last.finished_at) filter (where last.state = 'FAILED') as failed_at
            from named
            left join lateral (select state, finished_at from execution where job_id = named.id
                               order by scheduled_at desc limit 100) as last on true
            group by named.id, named.namespace, named.name
            """;

    private final Database database;
    private final JobMetrics metrics;
    private final JobMetricsConfig config;
    private final Loops loops;
    private final Loop loop;

    JobWatch(
            @BackgroundPool Database database,
            JobMetrics metrics,
            JobMetricsConfig config,
            Loops loops) {
        this.database = database;
        this.metrics = metrics;
        this.config = config;
        this.loops = loops;
        this.loop = loops.background("job-metrics", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (config.perJob() > 0) {
            loops.start(loop);
        }
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        runOnce();
        return PAUSE;
    }

    /** One at a time, so that what was read earlier is not shown later. */
    synchronized void runOnce() {
        metrics.name(
                database.with(
                        READ,
                        statement -> {
                            statement.setInt(1, config.perJob());
                            return read(statement.executeQuery());
                        }));
    }

    private static List<JobMetrics.Named> read(ResultSet rows) throws SQLException {
        var jobs = new ArrayList<JobMetrics.Named>();
        try (rows) {
            while (rows.next()) {
                jobs.add(
                        new JobMetrics.Named(
                                rows.getObject(1, UUID.class),
                                rows.getString(2),
                                rows.getString(3),
                                instant(rows, 4),
                                instant(rows, 5)));
            }
        }
        return jobs;
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
