-- Nothing is planned of a deleted job: the ledger of one that came back goes on from here.
alter table job add column restored_at timestamptz;
-- For finding what can be restored and what is past retention.
create index job_deleted on job (deleted_at) where deleted_at is not null;
