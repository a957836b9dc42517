-- Workers elsewhere, in any language: what each runs, and the executions that wait for them.
set local lock_timeout = '5s';

alter table worker
    -- of a remote worker; null: the pool inside a replica
    add column namespace varchar(63),
    add column name      varchar(255),
    add column tasks     varchar(100)[],
    -- empty: from all
    add column queues    varchar(63)[],
    add constraint worker_remote_whole check (num_nulls(namespace, name, tasks, queues) in (0, 4));

alter table execution
    -- of type custom: what a remote worker is to run, as it was when this was made; null: a replica runs it
    add column task     varchar(100),
    -- of the attempt that runs, or ran last: {percent, message, at}
    add column progress jsonb;

-- What replicas run and what remote workers run stand in two indexes, so that neither looks past the other's.
drop index execution_queued;
create index execution_queued on execution (queue, order_key) where state = 'QUEUED' and task is null;
create index execution_task on execution (queue, namespace, task, order_key)
    where state = 'QUEUED' and task is not null;

-- Where those are looked for that have run for too long.
create index execution_task_running on execution (started_at) where state = 'RUNNING' and task is not null;

-- A trigger, since executions are made by five statements, and a replica of the version before makes them too. A task
-- that is no task is none: then a replica runs it, and says what is wrong with it.
create function execution_take_task() returns trigger language plpgsql as $$
declare
    wanted jsonb := coalesce(new.config, (select config from job where id = new.job_id)) -> 'task';
begin
    if jsonb_typeof(wanted) = 'string' then
        new.task := left(wanted #>> '{}', 100);
    end if;
    return new;
end $$;
create trigger execution_task before insert on execution
    for each row when (new.type = 'custom') execute function execution_take_task();
