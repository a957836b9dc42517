-- Rules about what does not happen: no success for a time, a late start, a run that takes too long.
alter table alert_rule
    drop constraint alert_rule_failures_check,
    -- 0: failures are not told
    add constraint alert_rule_failures_check check (failures >= 0),
    add column no_success_for_ms   bigint check (no_success_for_ms > 0),
    add column late_by_ms          bigint check (late_by_ms > 0),
    add column runs_longer_than_ms bigint check (runs_longer_than_ms > 0);

-- What is wrong now, by rule, and was told: a job, or an execution. The row goes when it is no longer wrong.
create table alert_watch (
    rule_id      uuid        not null references alert_rule on delete cascade,
    kind         varchar(16) not null check (kind in ('NO_SUCCESS', 'LATE', 'RUNS_LONG')),
    subject_id   uuid        not null,
    job_id       uuid        not null,
    execution_id uuid,
    since        timestamptz not null,

    constraint alert_watch_pk primary key (rule_id, kind, subject_id)
);

alter table alert_news
    alter column execution_id drop not null,
    add column since timestamptz,
    drop constraint alert_news_kind_check,
    add constraint alert_news_kind_check
        check (kind in ('FAILED', 'RECOVERED', 'NO_SUCCESS', 'SUCCEEDED_AGAIN', 'LATE', 'STARTED_AGAIN', 'RUNS_LONG'));
