-- Queues belong to namespaces: each namespace that uses a queue gets its own, with the same limits.
set local lock_timeout = '5s';

alter table queue
    add column namespace varchar(63) not null default 'default',
    drop constraint queue_pkey;
alter table queue alter column namespace drop default;

insert into queue (namespace, name, max_concurrent, rate_per_second, max_depth, paused, pause_note)
select used.namespace, queue.name, max_concurrent, rate_per_second, max_depth, paused, pause_note
from queue join (select namespace, queue from job union select namespace, queue from execution) as used (namespace, name)
           on used.name = queue.name
where used.namespace <> 'default';

alter table queue
    add constraint queue_pk primary key (namespace, name),
    add constraint queue_namespace_not_blank check (namespace <> '');

-- Of the quotas concurrentExecutions and resultBytes; null: none.
alter table namespace
    add column max_concurrent   integer,
    add column max_result_bytes integer,
    add constraint namespace_concurrent_positive   check (max_concurrent > 0),
    add constraint namespace_result_bytes_positive check (max_result_bytes > 0);

-- In the order in which claims go through the queues.
drop index execution_queued;
create index execution_queued on execution (namespace, queue, order_key) where state = 'QUEUED' and task is null;

-- Both are unlogged, and counted again within seconds.
truncate queue_sample, queue_ended;
alter table queue_ended add column namespace varchar(63) not null;
comment on column queue_sample.counts is '[{namespace, queue, state, count, oldest}], oldest in milliseconds since 1970';
