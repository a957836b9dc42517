-- Executions whose target has accepted the work and answers later.
set local lock_timeout = '5s';

alter table execution
    -- of state AWAITING: when the answer is overdue
    add column answer_by timestamptz,
    drop constraint execution_state_known,
    -- Not checked for the rows there are: they passed a narrower one.
    add constraint execution_state_known check (state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING',
                                                          'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED'))
        not valid,
    add constraint execution_awaiting_answer check ((state = 'AWAITING') = (answer_by is not null)) not valid;

create index execution_awaiting on execution (answer_by) where state = 'AWAITING';

-- A replica of the version before asks for four of these states, which PostgreSQL finds in this index as well.
drop index execution_active;
create index execution_active on execution (job_id)
    where job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING');

-- With what the URLs are signed that targets call. Made here, so that all replicas have the same from the first start on.
create table callback_key (
    only_one boolean primary key default true check (only_one),
    key      bytea   not null
);
insert into callback_key (key)
values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- The last sign of life of what a job of type heartbeat watches.
create table heartbeat_ping (
    job_id       uuid        primary key references job (id) on delete cascade,
    at           timestamptz not null,
    -- null: all went well
    failure      text,
    -- which execution it has ended; null: none so far
    execution_id uuid
);
