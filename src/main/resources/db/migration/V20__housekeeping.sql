-- Carillon's own housekeeping: how each duty went last, on whichever replica. When it is next due is in qrtz_triggers, of
-- the scheduler carillon-housekeeping.
create table housekeeping (
    duty         varchar(200) not null,
    -- when the first replica started that has this duty, and when one last said that it has it
    known_since  timestamptz  not null default clock_timestamp(),
    known_at     timestamptz  not null default clock_timestamp(),
    -- by the wall clock of the replica that began it
    due_at       timestamptz,
    started_at   timestamptz,
    succeeded_at timestamptz,
    failed_at    timestamptz,
    -- of the last time, if it failed
    error        text,
    -- where it was begun last, host and process
    node         varchar(300),

    constraint housekeeping_pk primary key (duty)
) with (fillfactor = 50);

-- Quartz makes these rows when it first takes a lock. Of two replicas that do at the same time, one could not start.
insert into qrtz_locks (sched_name, lock_name)
values ('carillon-housekeeping', 'TRIGGER_ACCESS'), ('carillon-housekeeping', 'STATE_ACCESS');
