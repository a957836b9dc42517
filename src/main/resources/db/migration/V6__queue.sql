-- One row a queue, made when a job or a submission first names it. Limits hold over the whole cluster; null: none.
create table queue (
    name            varchar(63)      primary key,
    max_concurrent  integer,
    rate_per_second double precision,
    max_depth       integer,
    paused          boolean          not null default false,
    pause_note      varchar(1000),
    -- of the rate limit: when the next start is due if starts are spread evenly, in microseconds since 1970
    next_start_us   bigint           not null default 0,
    version         bigint           not null default 0,
    created_at      timestamptz      not null default clock_timestamp(),
    updated_at      timestamptz      not null default clock_timestamp(),

    constraint queue_name_not_blank  check (name <> ''),
    constraint queue_max_concurrent  check (max_concurrent > 0),
    constraint queue_rate_per_second check (rate_per_second > 0 and rate_per_second <= 1000000),
    constraint queue_max_depth       check (max_depth > 0)
);

insert into queue (name)
select 'default' union select queue from job union select queue from execution;
