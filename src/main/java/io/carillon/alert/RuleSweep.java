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
 * Looks for what rules report although nothing ends: jobs without a success for a time or without a
 * next instant, late starts, runs that take too long or do not end, queues that are behind, and
 * workers that were lost.
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
                           where enabled
                             and (tell_not_planned
                                  or num_nonnulls(no_success_for_ms, late_by_ms, runs_longer_than_ms, unfinished_ms,
                                                  queue_depth, queue_age_ms, lost_workers) > 0))
            """;

    /**
     * A job is late if an instant of it is due and has not fired, or its execution has fired and
     * waits for a worker. A job that was changed, resumed or created within the time is given that
     * time. What a muted rule would tell is told when it is no longer muted, if it is still so.
     * What was told stays watched while its rule is muted or its job is paused, so that its end is
     * told afterwards; an incident that was opened is closed meanwhile too, and whatever becomes of
     * its job. Of executions the oldest hundred of each rule are watched.
     */
    @Language("SQL")
    private static final String SWEEP =
            """
            with rule as (
                select *, coalesce(muted_until > now(), false) as is_muted,
                       coalesce(webhook ->> 'format' in ('PAGERDUTY', 'OPSGENIE'), false) as has_incidents
                from alert_rule),
            watched as (
                select r.id as rule_id, j.id as job_id, r.no_success_for_ms, r.late_by_ms, r.runs_longer_than_ms,
                       r.unfinished_ms, r.tell_not_planned, j.schedule, j.updated_at, greatest(j.updated_at, r.updated_at) as begun_at
                from alert_rule r
                join job j on j.namespace = r.namespace and (r.job_id is null or r.job_id = j.id)
                          and (r.labels is null or j.labels @> r.labels)
                          and (r.run_job_id is null
                               or not exists (select from alert_rule o where o.run_job_id = j.id))
                where r.enabled
                  and (r.tell_not_planned
                       or num_nonnulls(r.no_success_for_ms, r.late_by_ms, r.runs_longer_than_ms, r.unfinished_ms) > 0)
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
            shortest as (select now() - min(unfinished_ms) * interval '1 millisecond' as before from watched),
            unfinished as (
                select id, job_id, scheduled_at from execution
                where state = 'QUEUED' and task is null and job_id is not null and scheduled_at < (select before from shortest)
                union all
                select id, job_id, scheduled_at from execution
                where state = 'QUEUED' and task is not null and job_id is not null and scheduled_at < (select before from shortest)
                union all
                select id, job_id, scheduled_at from execution
                where state in ('SCHEDULED', 'RETRYING') and job_id is not null and scheduled_at < (select before from shortest)
                union all
                select id, job_id, scheduled_at from execution
                where state = 'RUNNING' and job_id is not null and scheduled_at < (select before from shortest)
                union all
                select id, job_id, scheduled_at from execution
                where state = 'AWAITING' and job_id is not null and scheduled_at < (select before from shortest)
                union all
                select id, job_id, scheduled_at from execution
                where state = 'BLOCKED' and job_id is not null and scheduled_at < (select before from shortest)),
            taking_long as (
                select w.rule_id, 'RUNS_LONG' as kind, e.id as subject_id, e.job_id, e.started_at as since
                from (select id, job_id, started_at from execution where state = 'RUNNING'
                      union all
                      select id, job_id, started_at from execution where state = 'AWAITING') as e
                join watched w on w.job_id = e.job_id
                where e.started_at < now() - w.runs_longer_than_ms * interval '1 millisecond'
                union all
                select w.rule_id, 'UNFINISHED', e.id, e.job_id, e.scheduled_at
                from unfinished e join watched w on w.job_id = e.job_id
                where e.scheduled_at < now() - w.unfinished_ms * interval '1 millisecond'),
            placed as (
                select found.*, row_number() over (partition by found.rule_id, found.kind
                                                   order by was.since is null, found.since, found.subject_id) as place
                from taking_long found
                left join alert_watch was on was.rule_id = found.rule_id and was.kind = found.kind
                                          and was.subject_id = found.subject_id),
            counted as (select counts from queue_sample order by sampled_at desc limit 1),
            held as (
                select held ->> 'namespace' as namespace, held ->> 'queue' as queue, (held ->> 'count')::bigint as depth,
                       timestamptz 'epoch' + (held ->> 'oldest')::bigint * interval '1 millisecond' as oldest_at
                from counted, jsonb_array_elements(counts) as held
                where held ->> 'state' = 'QUEUED'),
            wrong as (
                select rule_id, 'NO_SUCCESS' as kind, job_id as subject_id, job_id, null as subject,
                       null::uuid as execution_id, since, null::bigint as depth, 0::bigint as lasting_ms
                from without_success
                union all
                select rule_id, 'LATE', job_id, job_id, null, null, since, null, 0
                from watched join waiting using (job_id)
                where since < now() - late_by_ms * interval '1 millisecond'
                union all
                select rule_id, kind, subject_id, job_id, null, subject_id, since, null, 0
                from placed where place <= 100
                union all
                select w.rule_id, 'NOT_PLANNED', w.job_id, w.job_id, null, null, w.updated_at, null, 0
                from watched w
                left join qrtz_triggers own on own.sched_name = 'carillon' and own.trigger_name = w.job_id::text
                where w.tell_not_planned and w.schedule is not null
                  and (own.trigger_name is null
                       or own.trigger_state not in ('WAITING', 'PAUSED', 'COMPLETE')
                       or own.next_fire_time is null
                          and num_nonnulls(w.schedule ->> 'at', w.schedule ->> 'endAt', w.schedule ->> 'maxRuns') = 0)
                union all
                select r.id, 'QUEUE_BEHIND', md5(held.namespace || '/' || held.queue)::uuid, null, held.queue, null,
                       coalesce(held.oldest_at, now()), held.depth, coalesce(r.queue_lasting_ms, 0)
                from alert_rule r
                join held on held.namespace = r.namespace and (r.queue_name is null or r.queue_name = held.queue)
                where r.enabled
                  and (held.depth > r.queue_depth
                       or held.oldest_at < now() - r.queue_age_ms * interval '1 millisecond')
                union all
                select r.id, 'WORKER_LOST', w.id, null, coalesce(w.name, w.host || ', process ' || w.pid), null,
                       w.heartbeat_at, null, 0
                from alert_rule r
                join worker w on w.state = 'FAILED' and w.stopped_at > greatest(r.updated_at, r.muted_until)
                              and (r.lost_workers = 'ALL' or r.lost_workers = 'REMOTE' and w.namespace = r.namespace)
                where r.enabled),
            begun as (
                insert into alert_watch (rule_id, kind, subject_id, job_id, subject, execution_id, since, is_told)
                select rule_id, kind, subject_id, wrong.job_id, subject, execution_id,
                       case when lasting_ms = 0 then since else now() end, lasting_ms = 0
                from wrong join rule r on r.id = rule_id
                where not r.is_muted
                on conflict do nothing
                returning rule_id, kind, subject_id, is_told),
            lasted as (
                update alert_watch was set is_told = true, since = wrong.since
                from wrong join rule r on r.id = rule_id
                where wrong.rule_id = was.rule_id and wrong.kind = was.kind and wrong.subject_id = was.subject_id
                  and not was.is_told and was.since <= now() - wrong.lasting_ms * interval '1 millisecond'
                  and not r.is_muted
                returning was.rule_id, was.kind, was.subject_id),
            gone as (
                delete from alert_watch was using rule r
                where r.id = was.rule_id
                  and not exists (select from wrong
                                  where wrong.rule_id = was.rule_id and wrong.kind = was.kind
                                    and wrong.subject_id = was.subject_id)
                  and (was.kind <> 'QUEUE_BEHIND' or exists (select from counted))
                  and not (was.is_told and r.enabled and was.kind not in ('RUNS_LONG', 'WORKER_LOST')
                           and (r.is_muted and not r.has_incidents
                                or exists (select from job j where j.id = was.job_id and not j.enabled and j.deleted_at is null)
                                   and not exists (select from execution e
                                                   where e.id = was.execution_id and e.scheduled_at = was.since
                                                     and e.finished_at is not null)
                                or was.kind = 'NO_SUCCESS'
                                   and exists (select from watched w
                                               where w.rule_id = was.rule_id and w.job_id = was.job_id
                                                 and w.no_success_for_ms is not null)
                                   and not exists (select from execution e
                                                   where e.job_id = was.job_id and e.state = 'SUCCEEDED'
                                                     and e.scheduled_at >= was.since)))
                returning was.rule_id, was.kind, was.subject_id, was.job_id, was.subject, was.execution_id, was.since, was.is_told)
            insert into alert_news (rule_id, job_id, subject_id, subject, execution_id, kind, failures, at, since, depth)
            select rule_id, job_id, subject_id, subject, execution_id, kind, 0, clock_timestamp(), since, depth
            from (select rule_id, kind, subject_id from begun where is_told
                  union all
                  select rule_id, kind, subject_id from lasted) as new
            join wrong using (rule_id, kind, subject_id)
            union all
            select gone.rule_id, gone.job_id, gone.subject_id, gone.subject, gone.execution_id,
                   case gone.kind when 'LATE' then 'STARTED_AGAIN' when 'UNFINISHED' then 'FINISHED'
                                  when 'NOT_PLANNED' then 'PLANNED_AGAIN' when 'QUEUE_BEHIND' then 'QUEUE_CAUGHT_UP'
                                  else 'SUCCEEDED_AGAIN' end,
                   0, clock_timestamp(), gone.since, case gone.kind when 'QUEUE_BEHIND' then coalesce(held.depth, 0) end
            from gone
            join rule r on r.id = gone.rule_id and r.enabled and r.tell_recovered
            left join job j on j.id = gone.job_id and j.enabled and j.deleted_at is null
            left join held on held.namespace = r.namespace and held.queue = gone.subject
            left join execution ended on ended.id = gone.execution_id and ended.scheduled_at = gone.since
                                      and ended.finished_at is not null
            where gone.is_told and gone.kind not in ('RUNS_LONG', 'WORKER_LOST')
              and (r.has_incidents
                   or gone.kind in ('LATE', 'NOT_PLANNED') and j.id is not null
                   or gone.kind = 'UNFINISHED' and ended.id is not null
                   or gone.kind = 'QUEUE_BEHIND' and exists (select from counted)
                   or gone.kind = 'NO_SUCCESS' and j.id is not null
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
