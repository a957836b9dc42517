package io.carillon.bench;

import java.util.List;
import org.intellij.lang.annotations.Language;

/** Carillon's replicas, of which the bench uses the tables and, for one prototype, the API. */
final class CarillonCluster implements FiringCluster {
    private static final String PROTOTYPE =
            """
            {"name": "prototype", "type": "noop", "overlap": "ALLOW", "schedule": {"cron": "0 0 1 1 *"}}
            """;

    @Language("SQL")
    private static final String VIEWS =
            """
            create table if not exists bench_trigger (ordinal integer primary key, trigger_name varchar(200) not null);
            create or replace view bench_waiting as
                select next_fire_time from qrtz_triggers where sched_name = 'carillon' and trigger_state = 'WAITING';
            create or replace view bench_fired as
                select job_id::text as trigger_name, (extract(epoch from scheduled_at) * 1000)::bigint as due_millis,
                       pg_xact_commit_timestamp(xmin) as committed_at
                from execution where origin = 'SCHEDULE' and state = 'QUEUED';
            """;

    /**
     * Makes copies of what the API has stored, whatever its columns; generated ones generate
     * themselves.
     */
    @Language("SQL")
    private static final String COPY_JOBS =
            """
            create or replace function bench_copy_jobs(copies integer) returns void language plpgsql as $$
            declare
                columns text := (select string_agg(quote_ident(column_name), ', ' order by ordinal_position)
                                 from information_schema.columns
                                 where table_schema = current_schema and table_name = 'job' and is_generated = 'NEVER');
            begin
                execute format(
                    'insert into job (%1$s)
                     select %1$s from (
                         select copy.* from job prototype, generate_series(1, $1) as ordinal,
                                jsonb_populate_record(prototype,
                                    jsonb_build_object(''id'', uuidv7(), ''name'', ''job-'' || ordinal)) as copy
                         where prototype.name = ''prototype'') as copies', columns) using copies;
            end $$
            """;

    @Language("SQL")
    private static final String NUMBER_JOBS =
            """
            insert into bench_trigger
            select row_number() over (order by id), id::text from job where name <> 'prototype'
            """;

    @Language("SQL")
    private static final String COPY_TRIGGERS =
            """
            insert into qrtz_triggers
            select copy.* from bench_trigger b, job j, qrtz_triggers prototype,
                   jsonb_populate_record(prototype, jsonb_build_object('trigger_name', b.trigger_name)) as copy
            where j.name = 'prototype' and prototype.trigger_name = j.id::text
            """;

    @Language("SQL")
    private static final String STRAYS =
            """
            select count(*) from execution e
            where not exists (select from qrtz_triggers t
                              where t.sched_name = 'carillon' and t.trigger_name = e.job_id::text
                                and t.trigger_group = e.namespace
                                and t.prev_fire_time >= (extract(epoch from e.scheduled_at) * 1000)::bigint
                                and t.next_fire_time > t.prev_fire_time)
            """;

    private final Rig rig;
    private final Database database;
    private final List<Replica> replicas;
    private final List<CarillonClient> clients;

    CarillonCluster(
            Rig rig, Database database, List<Replica> replicas, List<CarillonClient> clients) {
        this.rig = rig;
        this.database = database;
        this.replicas = replicas;
        this.clients = clients;
        database.execute(VIEWS);
    }

    /** Of the first replica. */
    CarillonClient client() {
        return clients.getFirst();
    }

    List<CarillonClient> clients() {
        return clients;
    }

    @Override
    public void load(int jobs) {
        client().create(PROTOTYPE);
        database.execute(COPY_JOBS);
        database.execute("select bench_copy_jobs(?)", jobs);
        database.execute(NUMBER_JOBS);
        database.execute("analyze bench_trigger");
        database.execute(COPY_TRIGGERS);
        database.settle();
    }

    /** What {@code io.carillon.firing.Triggers} says to the replicas when it moves a trigger. */
    @Override
    public void go(long firstDueMillis) {
        database.execute("select pg_notify('carillon', ?)", "SCHEDULE " + firstDueMillis);
    }

    @Override
    public void halt() {
        replicas.forEach(Replica::requireAlive);
    }

    @Override
    public void verify(long rounds) {
        long executions = database.number("select count(*) from execution");
        if (executions != rounds) {
            throw new BenchFailure(
                    "carillon: %d executions in the ledger, %d expected"
                            .formatted(executions, rounds));
        }
        long strays = database.number(STRAYS);
        if (strays > 0) {
            throw new BenchFailure(
                    "carillon: %d executions whose trigger was not advanced".formatted(strays));
        }
    }

    @Override
    public List<Replica> replicas() {
        return replicas;
    }

    @Override
    public void close() {
        rig.processes().stop(replicas);
    }
}
