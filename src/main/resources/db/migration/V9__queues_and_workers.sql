-- What the queues hold is counted by one replica for all, and kept for ten minutes to tell rates from.
-- Unlogged: after a crash of PostgreSQL it is counted again.
create unlogged table queue_sample (
    sampled_at timestamptz primary key,
    took_ms    bigint      not null,
    -- [{queue, state, count, oldest}], oldest in milliseconds since 1970
    counts     jsonb       not null
);
-- Executions that ended, as each replica adds them up.
create unlogged table queue_ended (
    at    timestamptz not null,
    queue varchar(63) not null,
    ended bigint      not null
);
create index queue_ended_at on queue_ended (at);

-- Without it, counting what is BLOCKED would read the whole ledger.
create index execution_blocked on execution (queue) where state = 'BLOCKED';

-- What a replica is for besides: its worker's row says so to whoever lists workers.
alter table worker add column roles varchar(16)[] not null default '{API,FIRING,WORKER}';
