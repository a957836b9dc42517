-- How much happened in each minute, summed over all replicas, for statistics and charts. The ledger is the truth: what a killed
-- replica counted in its last seconds is missing here.
create table activity (
    minute timestamptz not null,
    kind   varchar(20) not null,
    name   varchar(100) not null,
    count  bigint not null check (count >= 0),
    primary key (minute, kind, name)
);
