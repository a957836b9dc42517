package io.carillon.bench;

import org.intellij.lang.annotations.Language;

/**
 * What the bench knows of a peer's tables.
 *
 * @param create before its replicas start; empty: it makes them itself
 * @param keepPrototype keeps the row of its prototype in {@code bench_prototype}
 * @param remove empties its table
 * @param insert copies of the prototype that are due; the parameter is how many
 * @param isLeft whether a row is not done
 * @param kept how many rows of done executions there are
 */
record PeerTables(
        String table,
        @Language("SQL") String create,
        @Language("SQL") String keepPrototype,
        @Language("SQL") String remove,
        @Language("SQL") String insert,
        @Language("SQL") String isLeft,
        @Language("SQL") String kept,
        boolean keepsHistory) {
    /** Without the index of the priorities, which are off: the cheapest for it. */
    static final PeerTables DB_SCHEDULER =
            new PeerTables(
                    "scheduled_tasks",
                    """
                    create table scheduled_tasks (
                        task_name            text        not null,
                        task_instance        text        not null,
                        task_data            bytea,
                        execution_time       timestamptz not null,
                        picked               boolean     not null,
                        picked_by            text,
                        last_success         timestamptz,
                        last_failure         timestamptz,
                        consecutive_failures integer,
                        last_heartbeat       timestamptz,
                        version              bigint      not null,
                        priority             smallint,
                        primary key (task_name, task_instance)
                    );
                    create index execution_time_idx on scheduled_tasks (execution_time);
                    create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
                    """,
                    "create table bench_prototype as select * from scheduled_tasks",
                    "delete from scheduled_tasks",
                    """
                    insert into scheduled_tasks
                    select copy.*
                    from bench_prototype prototype, generate_series(0, ?::integer - 1) as before,
                         jsonb_populate_record(prototype, jsonb_build_object(
                             'task_instance', gen_random_uuid(),
                             'execution_time', now() - before * interval '1 millisecond')) as copy
                    """,
                    "select exists (select from scheduled_tasks)",
                    "select count(*) from scheduled_tasks",
                    false);

    static final PeerTables JOBRUNR =
            new PeerTables(
                    "jobrunr_jobs",
                    "",
                    "create table bench_prototype as select * from jobrunr_jobs",
                    "delete from jobrunr_jobs",
                    """
                    insert into jobrunr_jobs
                    select copy.*
                    from bench_prototype prototype,
                         (select gen_random_uuid() as id,
                                 now() at time zone 'UTC' - before * interval '1 millisecond' as at
                          from generate_series(0, ?::integer - 1) as before) as due,
                         jsonb_populate_record(prototype, jsonb_build_object(
                             'id', due.id,
                             'jobasjson', replace(prototype.jobasjson, prototype.id::text, due.id::text),
                             'createdat', due.at, 'updatedat', due.at)) as copy
                    """,
                    "select exists (select from jobrunr_jobs where state <> 'SUCCEEDED')",
                    "select count(*) from jobrunr_jobs where state = 'SUCCEEDED'",
                    true);
}
