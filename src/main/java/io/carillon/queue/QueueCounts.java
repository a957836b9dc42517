package io.carillon.queue;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * Counts what the queues hold, on one replica for all. Counting a million executions takes
 * PostgreSQL most of a second, so the pause before the next count is {@link #REST} times as long as
 * the last count took. Counting therefore never takes more than a small share of one PostgreSQL
 * process, however much is queued.
 */
@ApplicationScoped
class QueueCounts implements Duty {
    private static final String NAME = "queue-counts";

    /** The pause after a count, as a multiple of its duration. */
    private static final int REST = 20;

    @Language("SQL")
    private static final String HAS_RESTED =
            """
            select not exists (
                select from queue_sample
                where sampled_at > clock_timestamp() - took_ms * ? * interval '1 millisecond')
            """;

    /**
     * Has a branch for each partial index: one condition on all states would read the whole ledger.
     */
    @Language("SQL")
    private static final String COUNT =
            """
            insert into queue_sample (sampled_at, took_ms, counts)
            select statement_timestamp(),
                   (extract(epoch from clock_timestamp() - statement_timestamp()) * 1000)::bigint,
                   coalesce(jsonb_agg(jsonb_build_object(
                       'namespace', namespace, 'queue', queue, 'state', state, 'count', executions, 'oldest', oldest)), '[]')
            from (
                select namespace, queue, 'QUEUED' as state, count(*) as executions,
                       (extract(epoch from min(run_at)) * 1000)::bigint as oldest
                from (select namespace, queue, run_at from execution where state = 'QUEUED' and task is null
                      union all
                      select namespace, queue, run_at from execution where state = 'QUEUED' and task is not null) as queued
                group by namespace, queue
                union all
                select namespace, queue, state, count(*), null
                from execution where state in ('SCHEDULED', 'RETRYING') group by namespace, queue, state
                union all
                select namespace, queue, 'RUNNING', count(*), null from execution where state = 'RUNNING'
                group by namespace, queue
                union all
                select namespace, queue, 'AWAITING', count(*), null from execution where state = 'AWAITING'
                group by namespace, queue
                union all
                select namespace, queue, 'BLOCKED', count(*), null from execution where state = 'BLOCKED'
                group by namespace, queue
            ) as counted
            on conflict (sampled_at) do nothing
            """;

    @Language("SQL")
    private static final String FORGET_SAMPLES =
            "delete from queue_sample where sampled_at < clock_timestamp() - interval '10 minutes'";

    @Language("SQL")
    private static final String FORGET_ENDED =
            "delete from queue_ended where at < clock_timestamp() - interval '10 minutes'";

    private final Database database;
    private final QueueConfig config;
    private final Housekeeping housekeeping;

    QueueCounts(Database database, QueueConfig config, Housekeeping housekeeping) {
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
        return config.sampleEvery();
    }

    @Scheduled(identity = NAME, every = "${carillon.queue.sample-every}")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    /** Counts, unless the pause after the last count has not ended. */
    @Override
    public void run() {
        database.inTransaction(QueueCounts::countIfRested);
    }

    private static boolean countIfRested(Connection connection) throws SQLException {
        if (!hasRested(connection)) {
            return false;
        }
        execute(connection, COUNT);
        execute(connection, FORGET_SAMPLES);
        execute(connection, FORGET_ENDED);
        return true;
    }

    private static boolean hasRested(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(HAS_RESTED)) {
            statement.setInt(1, REST);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void execute(Connection connection, @Language("SQL") String sql)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
