-- Named exclusion calendars. The definition is as the client wrote it; io.carillon.calendar reads it.
create table calendar (
    id         uuid        primary key,
    namespace  varchar(63) not null,
    name       varchar(63) not null,
    definition jsonb       not null,
    version    bigint      not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),

    constraint calendar_name_unique          unique (namespace, name),
    constraint calendar_namespace_not_blank  check (namespace <> ''),
    constraint calendar_name_not_blank       check (name <> ''),
    constraint calendar_definition_is_object check (jsonb_typeof(definition) = 'object')
);

-- Which jobs use a calendar.
create index job_exclude on job using gin ((schedule -> 'exclude'))
    where deleted_at is null and schedule -> 'exclude' is not null;
