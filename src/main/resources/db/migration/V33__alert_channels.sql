-- A rule may run a job in place of sending a message.
set local lock_timeout = '5s';
-- In the order in which ends of executions and their judge take them.
lock table alert_end, alert_state, alert_watch, alert_news, alert_rule in access exclusive mode;

alter table alert_rule
    add column run_job_id uuid,
    drop constraint alert_rule_has_target,
    -- where news goes: one of these
    add constraint alert_rule_has_target check (num_nonnulls(webhook, mail, run_job_id) = 1);

-- Rules that run jobs do not watch jobs that rules run.
create index alert_rule_run_job on alert_rule (run_job_id) where run_job_id is not null;
