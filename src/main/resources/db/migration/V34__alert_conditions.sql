-- Rules about instants that were skipped, executions that do not end, jobs that are not planned again, queues, and workers
-- that were lost. Of a queue or a worker there is no job.
set local lock_timeout = '5s';
-- In the order in which ends of executions and their judge take them.
lock table alert_end, alert_state, alert_watch, alert_news, alert_rule in access exclusive mode;

alter table alert_rule
    add column tell_skipped     boolean not null default false,
    add column unfinished_ms    bigint  check (unfinished_ms > 0),
    add column tell_not_planned boolean not null default false,
    -- which queue of the namespace; null: each
    add column queue_name       varchar(63),
    add column queue_depth      bigint  check (queue_depth >= 0),
    add column queue_age_ms     bigint  check (queue_age_ms > 0),
    -- how long it has to be so
    add column queue_lasting_ms bigint  check (queue_lasting_ms > 0),
    add column lost_workers     varchar(16) check (lost_workers in ('REMOTE', 'ALL')),
    -- the calendar during which news waits, and how many messages are sent within 24 hours
    add column quiet_during     varchar(63),
    add column max_per_day      integer check (max_per_day > 0),
    add column day_began_at     timestamptz,
    add column day_messages     integer not null default 0;

alter table alert_end
    add column skipped boolean not null default false;

alter table alert_watch
    alter column job_id drop not null,
    -- the name of a queue or a worker
    add column subject varchar(600),
    -- false: it is not so for long enough yet
    add column is_told boolean not null default true,
    drop constraint alert_watch_kind_check,
    add constraint alert_watch_kind_check
        check (kind in ('NO_SUCCESS', 'LATE', 'RUNS_LONG', 'UNFINISHED', 'NOT_PLANNED', 'QUEUE_BEHIND', 'WORKER_LOST')),
    add constraint alert_watch_has_subject check (job_id is not null or subject is not null);

alter table alert_news
    alter column job_id drop not null,
    add column subject_id uuid,
    add column subject    varchar(600),
    -- of a queue: how many executions wait in it
    add column depth      bigint,
    drop constraint alert_news_kind_check,
    add constraint alert_news_kind_check
        check (kind in ('FAILED', 'RECOVERED', 'SKIPPED', 'NO_SUCCESS', 'SUCCEEDED_AGAIN', 'LATE', 'STARTED_AGAIN', 'RUNS_LONG',
                        'UNFINISHED', 'FINISHED', 'NOT_PLANNED', 'PLANNED_AGAIN', 'QUEUE_BEHIND', 'QUEUE_CAUGHT_UP',
                        'WORKER_LOST')),
    add constraint alert_news_has_subject check (job_id is not null or num_nonnulls(subject_id, subject) = 2);
