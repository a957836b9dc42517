-- Rows of every kind that the tables had at V20, as a service of that time would have left them when it was killed.

create function pg_temp.uuid7(at timestamptz) returns uuid language sql as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')
            || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid
$$;

insert into calendar (id, namespace, name, definition)
values (gen_random_uuid(), 'default', 'closed', '{"timeZone": "Europe/Paris", "entries": [{"yearly": "12-25"}]}');

insert into queue (name, max_concurrent, rate_per_second, max_depth) values ('limited', 3, 50, 1000);

insert into job (id, namespace, name, schedule, type, config, queue, priority, timeout_ms, max_attempts, retry, delivery,
                 misfire, catch_up_window_ms, catch_up_limit, labels, enabled, version, created_at, updated_at,
                 changed_by, change, pause_note, overlap, deleted_at)
select gen_random_uuid(), namespace, name, schedule::jsonb, 'noop', '{}', queue, 5, 30000, 3,
       '{"maxAttempts": 3, "backoff": "EXPONENTIAL", "delay": "PT1S", "maxDelay": "PT5M", "jitter": 0.2}',
       'AT_LEAST_ONCE', 'SKIP', 86400000, 100, '{"team": "sales"}', enabled, version, now() - interval '2 days',
       now() - interval '1 day', 'anna', change, note, overlap, deleted_at
from (values
    ('default', 'bell', '{"every": "PT1S"}', 'default', true, 0, 'CREATED', null, 'ALLOW', null::timestamptz),
    ('default', 'on-demand', null, 'limited', true, 0, 'CREATED', null, 'SKIP', null),
    ('default', 'after-bell', null, 'default', true, 0, 'CREATED', null, 'QUEUE_ALL', null),
    ('default', 'paused', '{"cron": "0 9 * * *", "exclude": ["closed"]}', 'default', false, 1, 'PAUSED', 'counted', 'SKIP',
     null),
    ('default', 'deleted', '{"cron": "0 9 * * *"}', 'default', true, 1, 'DELETED', null, 'SKIP', now() - interval '1 hour'),
    ('shop', 'of-a-shop', '{"at": "2126-01-01T00:00:00Z"}', 'limited', true, 0, 'CREATED', null, 'SKIP', null)
) as j (namespace, name, schedule, queue, enabled, version, change, note, overlap, deleted_at);

update job set after_job_id = (select id from job where name = 'bell'), after_on = 'SUCCESS' where name = 'after-bell';

-- The versions before the present one.
insert into job_revision (job_id, version, definition, at, actor, change)
select id, v, jsonb_build_object('name', name, 'type', type, 'schedule', schedule, 'enabled', true),
       created_at + v * interval '1 day', 'anna', 'CREATED'
from job, generate_series(0, version - 1) as v;

insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, priority,
                           trigger_state, trigger_type, start_time, misfire_instr)
select 'carillon', id::text, namespace, 'fire', 'carillon',
       case name when 'of-a-shop' then 4922899200000
                 else floor(extract(epoch from now()))::bigint * 1000 - 5000 end,
       version, case when enabled then 'WAITING' else 'PAUSED' end, 'CARILLON', 0, 0
from job where schedule is not null and deleted_at is null;

insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at)
values ('0196f4a0-0a11-7e22-93c4-5d6e7f809a1b', 'gone', 4711, '0.0.1', 100, 'RUNNING', now() - interval '1 day',
        now() - interval '1 minute');

insert into execution (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key, run_at, attempt,
                       max_attempts, delivery, timeout_ms, config, labels, worker_id, epoch, started_at, finished_at,
                       result, error, errors, reason, skipped_count, skipped_until, followed, waits_for,
                       depends_on)
select pg_temp.uuid7(e.at), e.at, 'default', case when e.of_job then (select id from job where name = 'on-demand') end, 'noop',
       e.queue, e.state, case when e.of_job then 'MANUAL' else 'SUBMIT' end, 5,
       floor(extract(epoch from e.at) * 1000)::bigint - 150000, e.at, e.attempt, 3, e.delivery, 30000, '{"message": "done"}',
       jsonb_build_object('row', e.label),
       case when e.attempt > 0 then '0196f4a0-0a11-7e22-93c4-5d6e7f809a1b'::uuid end, e.attempt,
       case when e.attempt > 0 then e.at end,
       case when e.state in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED') then e.at + interval '1 second' end,
       case when e.state = 'SUCCEEDED' then '{"message": "done"}'::jsonb end,
       case when e.state = 'FAILED' then '{"code": "NOOP_FAILURE", "message": "told to fail"}'::jsonb end,
       case when e.attempt > 1 then '[{"code": "NOOP_FAILURE", "message": "told to fail"}]'::jsonb end,
       case when e.state = 'SKIPPED' then 'PAUSED' end,
       case when e.state = 'SKIPPED' then 3 end,
       case when e.state = 'SKIPPED' then e.at + interval '10 seconds' end,
       e.label = 'queued', case when e.state = 'BLOCKED' then 1 end,
       case when e.state = 'BLOCKED' then '{}'::uuid[] end
from (values
    ('queued', 'QUEUED', 0, 'AT_LEAST_ONCE', 'default', false, now() - interval '61 seconds'),
    ('limited', 'QUEUED', 0, 'AT_LEAST_ONCE', 'limited', true, now() - interval '62 seconds'),
    ('scheduled', 'SCHEDULED', 0, 'AT_LEAST_ONCE', 'default', false, now() - interval '1 second'),
    ('later', 'SCHEDULED', 0, 'AT_LEAST_ONCE', 'default', false, now() + interval '1 day'),
    ('retrying', 'RETRYING', 2, 'AT_LEAST_ONCE', 'default', false, now() - interval '63 seconds'),
    ('running', 'RUNNING', 1, 'AT_LEAST_ONCE', 'default', false, now() - interval '64 seconds'),
    ('at-most-once', 'RUNNING', 1, 'AT_MOST_ONCE', 'default', false, now() - interval '65 seconds'),
    ('done', 'SUCCEEDED', 1, 'AT_LEAST_ONCE', 'default', true, now() - interval '66 seconds'),
    ('dead-letter', 'FAILED', 3, 'AT_LEAST_ONCE', 'default', false, now() - interval '67 seconds'),
    ('cancelled', 'CANCELLED', 0, 'AT_LEAST_ONCE', 'default', false, now() - interval '68 seconds'),
    ('skipped', 'SKIPPED', 0, 'AT_LEAST_ONCE', 'default', true, now() - interval '69 seconds'),
    -- On a day without a partition of its own.
    ('long-ago', 'SUCCEEDED', 1, 'AT_LEAST_ONCE', 'default', false, now() - interval '9 days'),
    ('blocked', 'BLOCKED', 0, 'AT_LEAST_ONCE', 'default', false, now() - interval '60 seconds')
) as e (label, state, attempt, delivery, queue, of_job, at);

update execution set depends_on = array[(select id from execution where labels ->> 'row' = 'queued')],
                     on_dependency_failure = 'CANCEL'
where state = 'BLOCKED';
insert into execution_dependency (depends_on_id, execution_id, execution_scheduled_at)
select depends_on[1], id, scheduled_at from execution where state = 'BLOCKED';

insert into idempotency_key (day, namespace, key, fingerprint, execution_id)
select current_date, 'default', 'invoice-4711', sha256('x'), id from execution where labels ->> 'row' = 'done';

insert into untold_end (execution_id, job_id, state)
select id, job_id, state from execution where labels ->> 'row' = 'done';

insert into follow_up (job_id, cause_id)
select (select id from job where name = 'after-bell'), id from execution where labels ->> 'row' = 'done';

insert into audit (actor, action, job_id, details)
select 'anna', 'JOB_PAUSED', id, '{"note": "counted"}' from job where name = 'paused';

insert into tzdata (version) values ('2020a');
