-- The definition in force is the job's row; what it replaced is here. A row is written when a definition is
-- replaced, so creating a job, or ten thousand, writes none.
create table job_revision (
    job_id     uuid         not null,
    version    bigint       not null,
    -- as a client writes it, every default filled in
    definition jsonb        not null,
    -- since when it was in force: instants up to then belong to the version before
    at         timestamptz  not null,
    actor      varchar(255) not null,
    change     varchar(16)  not null,
    -- said by whoever paused the job
    note       varchar(1000),

    constraint job_revision_pk           primary key (job_id, version),
    constraint job_revision_job          foreign key (job_id) references job on delete cascade,
    constraint job_revision_change_known check (change in ('CREATED', 'CHANGED', 'PAUSED', 'RESUMED', 'REVERTED',
                                                           'DELETED', 'RESTORED'))
);

-- The same of the definition in force; since when it is, is updated_at.
alter table job
    add column changed_by varchar(255) not null default 'anonymous',
    add column change     varchar(16)  not null default 'CREATED';
update job
set change = case when deleted_at is not null then 'DELETED' else 'CHANGED' end,
    updated_at = coalesce(deleted_at, updated_at)
where version > 0;
alter table job
    alter column changed_by drop default,
    alter column change drop default,
    add constraint job_change_known check (change in ('CREATED', 'CHANGED', 'PAUSED', 'RESUMED', 'REVERTED', 'DELETED',
                                                      'RESTORED'));
