package io.carillon.execution.statistics;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.Steps;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Counts each job's executions of days that are over, once, for {@link JobStatistics}.
 *
 * <p>A job's row for a day stays correct for ever if all its executions of that day are final, as
 * final states do not change, and none is added. {@code job_day_change} lists the other jobs: this
 * class adds those with unfinished executions, and a database trigger adds those that get another
 * execution, in the transaction that adds it. Each transaction here sees the ledger and this list
 * as of one moment, and removes no entry that it did not see. An execution added meanwhile keeps
 * its entry, so no lock is needed.
 */
@ApplicationScoped
class JobDays implements Duty {
    private static final String NAME = "day-statistics";

    @Language("SQL")
    private static final String LOCK =
            "select pg_try_advisory_xact_lock(hashtext('carillon.job_days'))";

    @Language("SQL")
    private static final String SEE_ONE_MOMENT =
            """
            set transaction isolation level repeatable read;
            set local plan_cache_mode = force_custom_plan;
            set local statement_timeout = '5min'
            """;

    /** Latest first, because it is requested most. */
    @Language("SQL")
    private static final String NOT_CLOSED =
            """
            select to_date(day, 'YYYYMMDD') from (
                select substring(c.relname from '^execution_(\\d{8})$') as day
                from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'execution'::regclass) as days
            where day < to_char((now() - interval '1 hour') at time zone 'UTC', 'YYYYMMDD')
              and not exists (
                select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'job_day'::regclass and c.relname = 'job_day_' || day)
            order by day desc
            """;

    @Language("SQL")
    private static final String CLOSE = "select job_day_make_partition(?)";

    @Language("SQL")
    private static final String IS_CLOSED =
            "select to_regclass('job_day_' || to_char(?::date, 'YYYYMMDD')) is not null";

    @Language("SQL")
    private static final String FORGET_CHANGES = "delete from job_day_change where day = ?";

    @Language("SQL")
    private static final String TELL_UNFINISHED =
            """
            insert into job_day_change (job_id, day)
            select distinct job_id, ?::date from execution
            where scheduled_at >= ?::date::timestamp at time zone 'UTC'
              and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC'
              and state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and job_id is not null
            """;

    /** If the jobs are null: all jobs. There is one row for each bucket and state. */
    @Language("SQL")
    private static final String COUNT =
            """
            insert into job_day (job_id, day, succeeded, failed, cancelled, skipped, seconds, buckets, bucket_counts)
            with counted as (
                select job_id, state, duration_bucket(seconds) as bucket, count(*) as executions,
                       sum(coalesce(skipped_count, 1))::bigint as instants, sum(seconds) as seconds
                from (select job_id, state, skipped_count,
                             date_part('epoch', finished_at - started_at) as seconds
                      from execution
                      where scheduled_at >= ?::date::timestamp at time zone 'UTC'
                        and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC'
                        and job_id is not null and (?::uuid[] is null or job_id = any (?::uuid[]))) as of_day
                group by job_id, state, bucket)
            select job_id, ?::date,
                   coalesce(sum(instants) filter (where state = 'SUCCEEDED'), 0),
                   coalesce(sum(instants) filter (where state = 'FAILED'), 0),
                   coalesce(sum(instants) filter (where state = 'CANCELLED'), 0),
                   coalesce(sum(instants) filter (where state = 'SKIPPED'), 0),
                   coalesce(sum(seconds), 0),
                   coalesce(array_agg(bucket) filter (where bucket is not null), '{}'),
                   coalesce(array_agg(executions) filter (where bucket is not null), '{}')
            from counted
            group by job_id
            having bool_and(state in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED'))
            """;

    /**
     * Removes entries of days that are not closed, since each is counted whole when it is closed.
     * Uses the current state, not the transaction's snapshot: another replica may have closed a day
     * before this one had the lock.
     */
    @Language("SQL")
    private static final String FORGET_CHANGES_ELSEWHERE =
            """
            delete from job_day_change where to_regclass('job_day_' || to_char(day, 'YYYYMMDD')) is null
            """;

    @Language("SQL")
    private static final String CHANGED_DAYS = "select distinct day from job_day_change";

    /** Removes entries of jobs whose executions of the day have all ended. */
    @Language("SQL")
    private static final String FORGET_ENDED =
            """
            with ended as (
                delete from job_day_change c
                where day = ? and not exists (
                    select from execution e
                    where e.job_id = c.job_id
                      and scheduled_at >= ?::date::timestamp at time zone 'UTC'
                      and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC'
                      and state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING'))
                returning job_id)
            select coalesce(array_agg(distinct job_id), '{}') from ended
            """;

    @Language("SQL")
    private static final String FORGET_COUNTS =
            "delete from job_day where day = ? and job_id = any (?::uuid[])";

    private final Database database;
    private final Housekeeping housekeeping;

    JobDays(Database database, Housekeeping housekeeping) {
        this.database = database;
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

    @Override
    public void run() {
        keep();
    }

    /** Closes the days that are over, and counts changed jobs of closed days again. */
    void keep() {
        var steps = new Steps();
        var closed = new AtomicInteger();
        for (var day : days(NOT_CLOSED)) {
            steps.run(() -> count(closed, alone(connection -> close(connection, day))));
        }
        steps.run(() -> alone(connection -> execute(connection, FORGET_CHANGES_ELSEWHERE)));
        var changed = new AtomicInteger();
        for (var day : days(CHANGED_DAYS)) {
            steps.run(() -> count(changed, alone(connection -> countAnew(connection, day))));
        }
        if (closed.get() + changed.get() > 0) {
            Log.infof("statistics of days closed=%d changed=%d", closed.get(), changed.get());
        }
        steps.end();
    }

    private static void count(AtomicInteger days, boolean isDone) {
        if (isDone) {
            days.incrementAndGet();
        }
    }

    /**
     * Runs a step on one replica at a time; false if another one does it, or there is nothing to
     * do.
     */
    private boolean alone(Database.Work<Boolean> step) {
        return database.inTransaction(
                connection -> {
                    int timeoutMillis = connection.getNetworkTimeout();
                    try {
                        // A large day takes longer than any other statement may.
                        connection.setNetworkTimeout(Runnable::run, 0);
                        execute(connection, SEE_ONE_MOMENT);
                        return hasLock(connection) && step.on(connection);
                    } finally {
                        connection.setNetworkTimeout(Runnable::run, timeoutMillis);
                    }
                });
    }

    private static boolean close(Connection connection, LocalDate day) throws SQLException {
        if (isClosed(connection, day)) {
            return false;
        }
        execute(connection, CLOSE, day);
        execute(connection, FORGET_CHANGES, day);
        execute(connection, TELL_UNFINISHED, day, day, day);
        execute(connection, COUNT, day, day, null, null, day);
        return true;
    }

    private static boolean countAnew(Connection connection, LocalDate day) throws SQLException {
        Array jobs;
        try (var statement = prepared(connection, FORGET_ENDED, day, day, day);
                var row = statement.executeQuery()) {
            row.next();
            jobs = row.getArray(1);
        }
        if (((Object[]) jobs.getArray()).length == 0) {
            return false;
        }
        execute(connection, FORGET_COUNTS, day, jobs);
        execute(connection, COUNT, day, day, jobs, jobs, day);
        return true;
    }

    private List<LocalDate> days(String sql) {
        return database.with(
                sql,
                statement -> {
                    var days = new ArrayList<LocalDate>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            days.add(row.getObject(1, LocalDate.class));
                        }
                    }
                    return days;
                });
    }

    private static boolean hasLock(Connection connection) throws SQLException {
        try (var statement = prepared(connection, LOCK);
                var row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static boolean isClosed(Connection connection, LocalDate day) throws SQLException {
        try (var statement = prepared(connection, IS_CLOSED, day);
                var row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static boolean execute(
            Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (var statement = prepared(connection, sql, parameters)) {
            statement.execute();
            return true;
        }
    }

    private static PreparedStatement prepared(
            Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        var statement = connection.prepareStatement(sql);
        for (int index = 0; index < parameters.length; index++) {
            statement.setObject(index + 1, parameters[index]);
        }
        return statement;
    }
}
