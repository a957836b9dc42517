create table job (
    id                 uuid         primary key,
    namespace          varchar(63)  not null,
    name               varchar(255) not null,
    description        varchar(4000),
    -- as the client wrote it; null: the job runs on demand
    schedule           jsonb,
    type               varchar(63)  not null,
    config             jsonb        not null,
    queue              varchar(63)  not null,
    priority           smallint     not null,
    timeout_ms         bigint       not null,
    max_attempts       integer      not null,
    retry              jsonb        not null,
    delivery           varchar(16)  not null,
    misfire            varchar(16)  not null,
    catch_up_window_ms bigint       not null,
    catch_up_limit     integer      not null,
    labels             jsonb        not null,
    enabled            boolean      not null,
    pause_note         varchar(1000),
    version            bigint       not null,
    created_at         timestamptz  not null,
    updated_at         timestamptz  not null,
    deleted_at         timestamptz,

    constraint job_namespace_not_blank check (namespace <> ''),
    constraint job_name_not_blank      check (length(trim(name)) > 0),
    constraint job_schedule_is_object  check (schedule is null or jsonb_typeof(schedule) = 'object'),
    constraint job_config_is_object    check (jsonb_typeof(config) = 'object'),
    constraint job_labels_is_object    check (jsonb_typeof(labels) = 'object'),
    constraint job_priority_range      check (priority between 0 and 9),
    constraint job_timeout_positive    check (timeout_ms > 0),
    constraint job_max_attempts        check (max_attempts between 1 and 1000),
    constraint job_delivery_known      check (delivery in ('AT_LEAST_ONCE', 'AT_MOST_ONCE')),
    constraint job_misfire_known       check (misfire in ('SKIP', 'FIRE_ONCE', 'FIRE_ALL')),
    constraint job_catch_up_window     check (catch_up_window_ms >= 0),
    constraint job_catch_up_limit      check (catch_up_limit between 1 and 10000)
);

-- A deleted job keeps its history and gives its name back.
create unique index job_name_unique on job (namespace, name) where deleted_at is null;
create index job_labels on job using gin (labels jsonb_path_ops) where deleted_at is null;
