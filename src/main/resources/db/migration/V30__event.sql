-- What happened, in an order that readers can follow, by days. A row holds what one transaction did in one namespace: the
-- ends of executions that differ in their ids alone, or anything else as JSON.
create sequence event_id;
select nextval('event_id');

-- A transaction that writes events holds a lock until it ends. The lock's key is a number below all its events; the upper 16
-- bits tell such keys from other advisory locks.
create function event_next_id() returns bigint language plpgsql volatile as $$
begin
    if coalesce(current_setting('carillon.writes_events', true), '') = '' then
        perform pg_advisory_xact_lock_shared((17249::bigint << 48) | (select last_value from event_id));
        perform set_config('carillon.writes_events', 'on', true);
    end if;
    return nextval('event_id');
end $$;

-- The number up to which no transaction can add an event any more. The order of the two reads matters: who has no lock yet
-- when the second is made takes its numbers after the first was made.
create function event_settled() returns bigint language plpgsql volatile as $$
declare
    reached bigint;
    held bigint;
begin
    select last_value into reached from event_id;
    select min(((classid::bigint & 65535) << 32) | objid::bigint) into held
    from pg_locks
    where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 16 = 17249
      and database = (select oid from pg_database where datname = current_database());
    return least(reached, held);
end $$;

create table event (
    id        bigint       not null default event_next_id(),
    at        timestamptz  not null default clock_timestamp(),
    -- null: of none
    namespace varchar(63),
    kind      varchar(63),
    type      varchar(63),
    attempt   integer,
    reason    varchar(32),
    code      text,
    execution_ids uuid[],
    -- null: none has a job
    job_ids   uuid[],
    items     jsonb,

    constraint event_pk             primary key (id, at),
    constraint event_either         check (num_nonnulls(execution_ids, items) = 1),
    constraint event_items_is_array check (jsonb_typeof(items) = 'array')
) partition by range (at);
alter sequence event_id owned by event.id;

-- What lies outside the days made so far. Its rows move out when their day is made.
create table event_default partition of event default;

create function event_make_day(day date) returns boolean language plpgsql as $$
declare
    from_at timestamptz := day::timestamp at time zone 'UTC';
    until_at timestamptz := (day + 1)::timestamp at time zone 'UTC';
    day_name text := 'event_' || to_char(day, 'YYYYMMDD');
begin
    if to_regclass(day_name) is not null then
        return false;
    end if;
    execute format('create table %I (like event including defaults including constraints)', day_name);
    execute format(
        'with moved as (delete from event_default where at >= %L and at < %L returning *)
         insert into %I select * from moved', from_at, until_at, day_name);
    execute format('alter table event attach partition %I for values from (%L) to (%L)', day_name, from_at, until_at);
    return true;
end $$;

select event_make_day((now() at time zone 'UTC')::date + ahead) from generate_series(0, 2) as ahead;

-- The number of the last event that was dropped, so that a reader who missed some is told.
create table event_dropped (
    through bigint not null
);
insert into event_dropped values (0);
