-- Carillon fires in the order of time and has no use for the priority of Quartz's triggers. The column says by
-- which version of its job a trigger fires: under the trigger's lock, a plan cached for that version is not stale.
update qrtz_triggers t set priority = j.version
from job j
where t.sched_name = 'carillon' and t.trigger_name = j.id::text;

comment on column qrtz_triggers.priority is 'the version of the job that the trigger fires by';
