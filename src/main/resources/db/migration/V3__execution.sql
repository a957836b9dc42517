-- The ledger: one row for every planned instant, submission and manual run.
--
-- Partitioned by day of scheduled_at. The id is a UUIDv7 whose timestamp is scheduled_at in milliseconds, so
-- that an id alone finds its partition. There is no foreign key to job: it would lock the job's row for every
-- firing, and the firing transaction holds the trigger anyway.
create table execution (
    id              uuid         not null,
    scheduled_at    timestamptz  not null,
    namespace       varchar(63)  not null,
    job_id          uuid,
    type            varchar(63)  not null,
    queue           varchar(63)  not null,
    state           varchar(16)  not null,
    origin          varchar(16)  not null,
    priority        smallint     not null,
    -- milliseconds since 1970: run_at less the head start of its priority
    order_key       bigint       not null,
    run_at          timestamptz  not null,
    attempt         integer      not null default 0,
    max_attempts    integer      not null,
    delivery        varchar(16)  not null,
    timeout_ms      bigint       not null,
    -- null: the job's
    config          jsonb,
    retry           jsonb,
    labels          jsonb,
    worker_id       uuid,
    epoch           bigint       not null default 0,
    created_at      timestamptz  not null default clock_timestamp(),
    started_at      timestamptz,
    finished_at     timestamptz,
    result          jsonb,
    error           jsonb,
    errors          jsonb,
    -- of a SKIPPED row: why, and for a long outage the last instant it stands for and how many they are
    reason          varchar(32),
    skipped_until   timestamptz,
    skipped_count   bigint,

    constraint execution_pk              primary key (id, scheduled_at),
    -- A planned instant has whole milliseconds and is here once (P1). Manual runs carry microseconds and so
    -- never stand in the place of a planned instant.
    constraint execution_once            unique (job_id, scheduled_at),
    constraint execution_state_known     check (state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'RETRYING',
                                                          'SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')),
    constraint execution_origin_known    check (origin in ('SCHEDULE', 'MANUAL', 'SUBMIT', 'BACKFILL', 'DEPENDENCY',
                                                           'REPLAY')),
    constraint execution_delivery_known  check (delivery in ('AT_LEAST_ONCE', 'AT_MOST_ONCE')),
    constraint execution_final_finished  check ((finished_at is not null)
                                                = (state in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED'))),
    constraint execution_running_worker  check (state <> 'RUNNING' or worker_id is not null),
    constraint execution_skipped_reason  check (state <> 'SKIPPED' or reason is not null)
) partition by range (scheduled_at);

create index execution_queued  on execution (order_key) where state = 'QUEUED';
create index execution_waiting on execution (run_at) where state in ('SCHEDULED', 'RETRYING');
create index execution_running on execution (worker_id) where state = 'RUNNING';

-- What lies outside the days made so far. Its rows move out when their day is made.
create table execution_default partition of execution default;

create function execution_make_partition(day date) returns boolean language plpgsql as $$
declare
    partition_name text := 'execution_' || to_char(day, 'YYYYMMDD');
    from_at timestamptz := day::timestamp at time zone 'UTC';
    until_at timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
    if to_regclass(partition_name) is not null then
        return false;
    end if;
    execute format('create table %I (like execution including defaults including constraints)', partition_name);
    execute format(
        'with moved as (delete from execution_default where scheduled_at >= %L and scheduled_at < %L returning *)
         insert into %I select * from moved', from_at, until_at, partition_name);
    execute format(
        'alter table execution attach partition %I for values from (%L) to (%L)', partition_name, from_at, until_at);
    return true;
end $$;

select execution_make_partition((now() at time zone 'UTC')::date + ahead) from generate_series(-1, 7) as ahead;
