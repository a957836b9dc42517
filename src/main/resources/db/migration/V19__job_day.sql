-- Statistics of jobs by the day, so that nothing counts a history twice. A day has its partition once it is closed: an
-- hour after its end, by the Partitions loop, and loses it with the ledger's day. What is open is counted when asked.

-- Buckets grow by two per cent, so that the middle of one is within one per cent of what is in it. Neither strict nor with
-- greatest(), so that it is inlined: twenty times as fast.
create function duration_bucket(seconds double precision) returns integer
    language sql immutable parallel safe
    return ceil(ln(case when seconds < 0.000001 then 0.000001 else seconds end)
                / ln(1.02::double precision))::integer;

create table job_day (
    job_id        uuid             not null,
    day           date             not null,
    succeeded     bigint           not null,
    failed        bigint           not null,
    cancelled     bigint           not null,
    -- planned instants, not rows
    skipped       bigint           not null,
    -- of all executions that were started
    seconds       double precision not null,
    buckets       integer[]        not null,
    bucket_counts bigint[]         not null,

    constraint job_day_pk primary key (job_id, day)
) partition by list (day);

-- Of a closed day, the jobs whose row does not say it all: counted when asked until it does. One has executions that
-- have not ended, or was given one afterwards. There may be several rows for one, each written with what it tells of.
create table job_day_change (
    job_id uuid not null,
    day    date not null
);
create index job_day_change_of on job_day_change (job_id, day);

create function job_day_make_partition(day date) returns void language plpgsql as $$
declare
    partition_name text := 'job_day_' || to_char(day, 'YYYYMMDD');
begin
    -- Attached later, so that nobody who reads another day waits.
    execute format('create table %I (like job_day including all)', partition_name);
    execute format('alter table job_day attach partition %I for values in (%L)', partition_name, day);
end $$;

-- A day closes an hour after its end, and no transaction is half an hour long: whatever comes into a closed day, tells.
-- A trigger, since a replica of the version before does not know of all this.
create function execution_tell_late_birth() returns trigger language plpgsql as $$
begin
    insert into job_day_change (job_id, day) values (new.job_id, (new.scheduled_at at time zone 'UTC')::date);
    return null;
end $$;
create trigger execution_late_birth after insert on execution
    for each row when (new.job_id is not null and new.scheduled_at < now() - interval '30 minutes')
    execute function execution_tell_late_birth();
