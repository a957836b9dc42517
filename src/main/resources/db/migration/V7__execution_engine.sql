-- Overlap, weights, start deadlines, cancellation, dependencies and replay.

alter table job
    add column overlap           varchar(16) not null default 'SKIP',
    add column weight            smallint    not null default 1,
    add column start_deadline_ms bigint,
    -- this job runs after that one, when it ended so
    add column after_job_id      uuid,
    add column after_on          varchar(8),
    add constraint job_overlap_known   check (overlap in ('ALLOW', 'SKIP', 'QUEUE_ONE', 'QUEUE_ALL', 'CANCEL_RUNNING')),
    add constraint job_weight_range    check (weight between 1 and 1000),
    add constraint job_start_deadline  check (start_deadline_ms > 0),
    add constraint job_after_on_known  check (after_on in ('SUCCESS', 'FAILURE', 'ANY')),
    add constraint job_after_complete  check ((after_job_id is null) = (after_on is null)),
    add constraint job_not_after_itself check (after_job_id <> id);
create index job_after on job (after_job_id) where after_job_id is not null;

alter table execution
    -- slots of a worker it takes
    add column weight                smallint not null default 1,
    -- not started by then: SKIPPED
    add column start_deadline_at     timestamptz,
    add column cancel_requested_at   timestamptz,
    -- somebody may wait for its end: whoever ends it looks for them
    add column followed              boolean  not null default false,
    -- of a BLOCKED submission: how many executions it still waits for; of a job's: null, it waits for the job's others
    add column waits_for             integer,
    add column depends_on            uuid[],
    add column on_dependency_failure varchar(8),
    add column replay_of             uuid,
    add column replayed_by           uuid,
    -- of origin DEPENDENCY: the execution whose end brought it about
    add column caused_by             uuid,
    add constraint execution_weight_range check (weight between 1 and 1000),
    add constraint execution_waits_for check (waits_for is null or (waits_for >= 0 and depends_on is not null)),
    add constraint execution_on_dependency_failure_known check (on_dependency_failure in ('CANCEL', 'RUN'));

-- Submissions have no job, so they need no entry here.
alter table execution drop constraint execution_once;
create unique index execution_once on execution (job_id, scheduled_at) where job_id is not null;

-- Overlap asks, for each firing, whether the job has an execution that has not ended.
create index execution_active on execution (job_id)
    where job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING');

drop index execution_queued;
create index execution_queued on execution (queue, order_key) where state = 'QUEUED';

create index execution_deadline on execution (start_deadline_at)
    where start_deadline_at is not null and attempt = 0 and state in ('BLOCKED', 'SCHEDULED', 'QUEUED');

-- Dead letters that nobody has replayed.
create index execution_dead_letter on execution (finished_at) where state = 'FAILED' and replayed_by is null;

-- Who waits for whom, as long as they wait.
create table execution_dependency (
    depends_on_id          uuid        not null,
    execution_id           uuid        not null,
    execution_scheduled_at timestamptz not null,

    constraint execution_dependency_pk primary key (depends_on_id, execution_id)
);

-- Runs that a finished execution of another job asks for; consumed at once by the FollowUps loop, which takes the
-- locks of the job that is to run. Written in the transaction that ends the cause, so none is lost or doubled.
create table follow_up (
    id       bigint generated always as identity primary key,
    job_id   uuid   not null,
    cause_id uuid   not null
);

-- Idempotency-Key of submissions, kept by the day and dropped with it.
create table idempotency_key (
    day          date         not null,
    namespace    varchar(63)  not null,
    key          varchar(255) not null,
    -- SHA-256 of what was submitted
    fingerprint  bytea        not null,
    execution_id uuid         not null,
    created_at   timestamptz  not null default clock_timestamp(),

    constraint idempotency_key_pk primary key (namespace, key, day)
) partition by range (day);
create table idempotency_key_default partition of idempotency_key default;
