-- A change of a calendar is a version of each job that uses it, and is named as what changed it.

alter table job_revision
    drop constraint job_revision_change_known,
    add constraint job_revision_change_known check (change in ('CREATED', 'CHANGED', 'PAUSED', 'RESUMED', 'REVERTED',
                                                               'DELETED', 'RESTORED', 'CALENDAR'));

alter table job
    drop constraint job_change_known,
    add constraint job_change_known check (change in ('CREATED', 'CHANGED', 'PAUSED', 'RESUMED', 'REVERTED', 'DELETED',
                                                      'RESTORED', 'CALENDAR'));
