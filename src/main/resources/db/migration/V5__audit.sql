-- Who changed what, when. Actor 'carillon': the service itself, such as a repair.
create table audit (
    id        bigint       generated always as identity primary key,
    at        timestamptz  not null default clock_timestamp(),
    actor     varchar(255) not null,
    action    varchar(63)  not null,
    job_id    uuid,
    details   jsonb        not null,

    constraint audit_details_is_object check (jsonb_typeof(details) = 'object')
);
create index audit_of_job on audit (job_id, at) where job_id is not null;
