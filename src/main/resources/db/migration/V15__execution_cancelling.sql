-- Every worker asks twice a second which of its executions are to be cancelled. Dead entries in the index of what runs
-- made that long while some transaction stayed open elsewhere.
create index execution_cancelling on execution (worker_id) where state = 'RUNNING' and cancel_requested_at is not null;
