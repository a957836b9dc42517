-- planned_at: the planned instant that a backfill's execution stands for. Its scheduled_at is when it was asked for,
--   so that the ledger holds each planned instant once, and backfills of years ago end up in a day that is kept.
-- tzdata: which time zone rules planned the instant. Two bytes in place of a name; null where no schedule planned it.
alter table execution
    add column planned_at timestamptz,
    add column tzdata     smallint,
    add constraint execution_backfill_planned check (origin <> 'BACKFILL' or planned_at is not null);

create index execution_planned on execution (job_id, planned_at) where planned_at is not null;

-- The versions of the time zone database that replicas have had.
create table tzdata (
    id            smallint    generated always as identity primary key,
    version       varchar(63) not null unique,
    first_used_at timestamptz not null default clock_timestamp(),
    -- renewed by every replica that has it
    last_used_at  timestamptz not null default clock_timestamp(),
    -- when triggers were last brought in line with it; null: never
    reconciled_at timestamptz
);
