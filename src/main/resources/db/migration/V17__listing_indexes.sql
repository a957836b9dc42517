-- What an execution is found by in listings: an entry for each combination of namespace, type, queue and state, so that
-- any filter of these four is one entry of an index. Only days that are over have such an index, made by the Partitions
-- loop: the open ones are written at every start and end of an execution.
create function execution_terms(namespace text, type text, queue text, state text) returns text[]
    language sql immutable parallel safe
    return array[
        'n ' || namespace, 't ' || type, 'q ' || queue, 's ' || state,
        'nt ' || namespace || ' ' || type, 'nq ' || namespace || ' ' || queue, 'ns ' || namespace || ' ' || state,
        'tq ' || type || ' ' || queue, 'ts ' || type || ' ' || state, 'qs ' || queue || ' ' || state,
        'ntq ' || namespace || ' ' || type || ' ' || queue, 'nts ' || namespace || ' ' || type || ' ' || state,
        'nqs ' || namespace || ' ' || queue || ' ' || state, 'tqs ' || type || ' ' || queue || ' ' || state,
        'ntqs ' || namespace || ' ' || type || ' ' || queue || ' ' || state];

-- Executions have their jobs' labels, deleted jobs included.
create index job_labels_deleted on job using gin (labels jsonb_path_ops) where deleted_at is not null;
