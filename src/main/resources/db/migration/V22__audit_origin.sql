-- Where a change came from, and whose it is. Of entries from before, it is what their details or their job say.
alter table audit
    add column namespace  varchar(63),
    add column address    varchar(64),
    add column request_id varchar(128);

update audit a set namespace = coalesce(a.details ->> 'namespace', (select j.namespace from job j where j.id = a.job_id));

create index audit_of_namespace on audit (namespace, id);
