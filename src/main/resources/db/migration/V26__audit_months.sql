-- The audit log by months, so that what is past its retention is dropped whole and not deleted row by row.
alter table audit rename to audit_before;
alter index audit_pkey rename to audit_before_pkey;
alter index audit_of_job rename to audit_before_of_job;
alter index audit_of_namespace rename to audit_before_of_namespace;

create sequence audit_id;
create table audit (
    id         bigint       not null default nextval('audit_id'),
    at         timestamptz  not null default clock_timestamp(),
    actor      varchar(255) not null,
    action     varchar(63)  not null,
    job_id     uuid,
    details    jsonb        not null,
    namespace  varchar(63),
    address    varchar(64),
    request_id varchar(128),

    constraint audit_pk                primary key (id, at),
    constraint audit_details_is_object check (jsonb_typeof(details) = 'object')
) partition by range (at);
alter sequence audit_id owned by audit.id;

create index audit_of_job       on audit (job_id, at) where job_id is not null;
create index audit_of_namespace on audit (namespace, id);

-- What lies outside the months made so far. Its rows move out when their month is made.
create table audit_default partition of audit default;

create function audit_make_month(day date) returns boolean language plpgsql as $$
declare
    from_at timestamptz := date_trunc('month', day::timestamp) at time zone 'UTC';
    until_at timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC';
    month_name text := 'audit_' || to_char(day, 'YYYYMM');
begin
    if to_regclass(month_name) is not null then
        return false;
    end if;
    execute format('create table %I (like audit including defaults including constraints)', month_name);
    execute format(
        'with moved as (delete from audit_default where at >= %L and at < %L returning *)
         insert into %I select * from moved', from_at, until_at, month_name);
    execute format('alter table audit attach partition %I for values from (%L) to (%L)', month_name, from_at, until_at);
    return true;
end $$;

select audit_make_month(month::date)
from generate_series(
         date_trunc('month', (select coalesce(min(at), now()) from audit_before) at time zone 'UTC'),
         date_trunc('month', now() at time zone 'UTC') + interval '2 months', interval '1 month') as month;

insert into audit (id, at, actor, action, job_id, details, namespace, address, request_id)
select id, at, actor, action, job_id, details, namespace, address, request_id from audit_before;
select setval('audit_id', (select coalesce(max(id), 0) + 1 from audit_before), false);
drop table audit_before;
