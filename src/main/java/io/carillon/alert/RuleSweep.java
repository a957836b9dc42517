package io.carillon.alert;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * Looks for what rules report although nothing ends: jobs without a success for a time, late starts
 * and runs that take too long.
 *
 * <p>It compares what is wrong now with {@code alert_watch}, what was wrong before: what is new is
 * news, and so is what has gone. Both are written in one transaction, so each is told once,
 * whatever dies and however often this runs.
 */
@ApplicationScoped
class RuleSweep implements Duty {
    private static final String NAME = "rule-sweep";

    @Language("SQL")
    private static final String IS_NEEDED =
            """
            select exists (select from alert_watch)
                or exists (select from alert_rule
                           where enabled and num_nonnulls(no_success_for_ms, late_by_ms, runs_longer_than_ms) > 0)
            """;

    /**
     * A job is late if an instant of it is due and has not fired, or its execution has fired and
     * waits for a worker. A job that was changed, resumed or created within the time is given that
     * time. What a muted rule would tell is told when it is no longer muted, if it is still so.
     */
    @Language("SQL")
    private static final String SWEEP =
            """
            with watched as (
                select r.id as rule_id, j.id as job_id, r.no_success_for_ms, r.late_by_ms, r.runs_longer_than_ms,
                       greatest(j.updated_at, r.updated_at) as begun_at
                from alert_rule r
                join job j on j.namespace = r.namespace and (r.job_id is null or r.job_id = j.id)
                          and (r.labels is null or j.labels @> r.labels)
                          and (r.run_job_id is null
                               or not exists (select from alert_rule o where o.run_job_id = j.id))
                where r.enabled and num_nonnulls(r.no_success_for_ms, r.late_by_ms, r.runs_longer_than_ms) > 0
                  and j.enabled and j.deleted_at is null),
            without_success as (
                select rule_id, job_id, now() - no_success_for_ms * interval '1 millisecond' as since
                from watched
                where begun_at < now() - no_success_for_ms * interval '1 millisecond'
                  and not exists (select from execution e
                                  where e.job_id = watched.job_id and e.state = 'SUCCEEDED'
                                    and e.scheduled_at >= now() - no_success_for_ms * interval '1 millisecond')),
            waiting as (
                select job_id, min(scheduled_at) as since from (
                    select job_id, scheduled_at from execution
                    where state = 'QUEUED' and task is null and attempt = 0 and job_id is not null
                    union all
                    select job_id, scheduled_at from execution
                    where state = 'QUEUED' and task is not null and attempt = 0 and job_id is not null
                    union all
                    select w.job_id, timestamptz 'epoch' + greatest(next_fire_time, 0) * interval '1 millisecond'
                    from (select distinct job_id from watched where late_by_ms is not null) w
                    join qrtz_triggers t on t.sched_name = 'carillon' and t.trigger_name = w.job_id::text
                    where t.trigger_state = 'WAITING' and next_fire_time < extract(epoch from now()) * 1000) as due
                where exists (select from watched where late_by_ms is not null)
                group by job_id),
            wrong as (
                select rule_id, 'NO_SUCCESS' as kind, job_id as subject_id, job_id, null::uuid as execution_id, since
                from without_success
                union all
                select rule_id, 'LATE', job_id, job_id, null, since
                from watched join waiting using (job_id)
                where since < now() - late_by_ms * interval '1 millisecond'
                union all
                select rule_id, 'RUNS_LONG', e.id, e.job_id, e.id, e.started_at
                from (select id, job_id, started_at from execution where state = 'RUNNING'
                      union all
                      select id, job_id, started_at from execution where state = 'AWAITING') as e
                join watched w on w.job_id = e.job_id
                where e.started_at < now() - w.runs_longer_than_ms * interval '1 millisecond'),
            begun as (
                insert into alert_watch (rule_id, kind, subject_id, job_id, execution_id, since)
                select rule_id, kind, subject_id, wrong.job_id, execution_id, since
                from wrong join alert_rule r on r.id = rule_id
                where r.muted_until is null or r.muted_until <= now()
                on conflict do nothing
                returning rule_id, kind, job_id, execution_id, since),
            gone as (
                delete from alert_watch was
                where not exists (select from wrong
                                  where wrong.rule_id = was.rule_id and wrong.kind = was.kind
                                    and wrong.subject_id = was.subject_id)
                returning rule_id, kind, job_id, since)
            insert into alert_news (rule_id, job_id, execution_id, kind, failures, at, since)
            select rule_id, job_id, execution_id, kind, 0, clock_timestamp(), since from begun
            union all
            select gone.rule_id, gone.job_id, null,
                   case gone.kind when 'LATE' then 'STARTED_AGAIN' else 'SUCCEEDED_AGAIN' end, 0, clock_timestamp(),
                   gone.since
            from gone
            join alert_rule r on r.id = gone.rule_id and r.enabled and r.tell_recovered
            join job j on j.id = gone.job_id and j.enabled and j.deleted_at is null
            where (r.muted_until is null or r.muted_until <= now())
              and (gone.kind = 'LATE'
                   or gone.kind = 'NO_SUCCESS'
                      and exists (select from execution e
                                  where e.job_id = j.id and e.state = 'SUCCEEDED' and e.scheduled_at >= gone.since))
            """;

    private final Database database;
    private final Housekeeping housekeeping;

    RuleSweep(@BackgroundPool Database database, Housekeeping housekeeping) {
        this.database = database;
        this.housekeeping = housekeeping;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return Duration.ofSeconds(15);
    }

    @Scheduled(identity = NAME, every = "15s")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    @Override
    public void run() {
        var unused = runOnce();
    }

    /** Returns how many news there were. */
    int runOnce() {
        return database.inTransaction(
                connection -> {
                    try (var statement = connection.prepareStatement(IS_NEEDED);
                            var row = statement.executeQuery()) {
                        row.next();
                        if (!row.getBoolean(1)) {
                            return 0;
                        }
                    }
                    try (var statement = connection.prepareStatement(SWEEP)) {
                        return statement.executeUpdate();
                    }
                });
    }
}
