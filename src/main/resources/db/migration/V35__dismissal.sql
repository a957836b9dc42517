-- Dead letters that somebody has dismissed: they stay in the ledger, and are no longer listed as open. They are found in
-- the index of all dead letters that nobody has replayed.
set local lock_timeout = '5s';

alter table execution
    -- when a dead letter was dismissed; null: it was not
    add column dismissed_at timestamptz;
