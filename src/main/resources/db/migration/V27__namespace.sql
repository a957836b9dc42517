-- Quotas of namespaces. A namespace without a row has none.
create table namespace (
    name                   varchar(63) not null,
    max_jobs               integer,
    submissions_per_minute integer,
    min_interval_ms        bigint,
    version                bigint      not null default 0,
    created_at             timestamptz not null default clock_timestamp(),
    updated_at             timestamptz not null default clock_timestamp(),
    -- the minute that was counted last, and what was submitted in it
    minute_at              timestamptz,
    submitted              integer     not null default 0,

    constraint namespace_pk                  primary key (name),
    constraint namespace_jobs_positive       check (max_jobs >= 0),
    constraint namespace_rate_positive       check (submissions_per_minute > 0),
    constraint namespace_interval_positive   check (min_interval_ms > 0)
) with (fillfactor = 50);
