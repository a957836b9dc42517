-- Dead letters that somebody has dismissed: they stay in the ledger, and are no longer listed as open.
set local lock_timeout = '5s';

alter table execution
    -- when a dead letter was dismissed; null: it was not
    add column dismissed_at timestamptz;

-- Those that are open. The index of all dead letters that nobody has replayed stays: dismissed ones are found in it when
-- they are opened again, and a replica of the version before reads it.
create index execution_open_letter on execution (finished_at)
    where state = 'FAILED' and replayed_by is null and dismissed_at is null;
