-- One row a worker; its heartbeat is its lease on everything it runs.
create table worker (
    id           uuid         primary key,
    host         varchar(255) not null,
    pid          bigint       not null,
    version      varchar(63)  not null,
    capacity     integer      not null,
    state        varchar(16)  not null,
    started_at   timestamptz  not null,
    heartbeat_at timestamptz  not null,
    stopped_at   timestamptz,

    constraint worker_state_known check (state in ('RUNNING', 'STOPPING', 'STOPPED', 'FAILED'))
);
-- Rewritten every second: room on the page keeps those updates off the index.
alter table worker set (fillfactor = 50);
