package io.carillon.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.intellij.lang.annotations.Language;

/**
 * How long one warm client waits for the first page of each filter, and for the statistics of a job
 * with a tenth of all executions, in a ledger of thirty days and today. The executions are made by
 * SQL; what a replica keeps of closed days it makes itself when it is started on them.
 */
final class ListingsCase implements BenchCase {
    private static final int JOBS = 100;
    private static final int DAYS = 30;
    private static final int WARM_UP = 50;
    private static final int REQUESTS = 100;
    private static final Duration CLOSING_TIMEOUT = Duration.ofMinutes(20);

    @Language("SQL")
    private static final String MAKE_DAYS =
            """
            select count(execution_make_partition((now() at time zone 'UTC')::date - ago))
            from generate_series(1, ?) as ago
            """;

    /** The bench made them, and Carillon makes their indexes. */
    @Language("SQL")
    private static final String GIVE_AWAY_DAYS =
            """
            do $$
            declare
                made regclass;
                system name := (select tableowner from pg_tables where tablename = 'execution');
            begin
                for made in select inhrelid from pg_inherits where inhparent = 'execution'::regclass loop
                    execute format('alter table %s owner to %I', made, system);
                end loop;
            end $$
            """;

    /** They were empty when the first replica counted them, and are filled without triggers. */
    @Language("SQL")
    private static final String FORGET_COUNTED_DAYS =
            """
            do $$
            declare
                counted regclass;
            begin
                for counted in select inhrelid from pg_inherits where inhparent = 'job_day'::regclass loop
                    execute 'drop table ' || counted;
                end loop;
            end $$
            """;

    /** One in a million is of a rare type, failed, and has a label. */
    @Language("SQL")
    private static final String FILL_DAY =
            """
            insert into execution (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key,
                                   run_at, max_attempts, delivery, timeout_ms, started_at, finished_at, labels)
            select overlay(gen_random_uuid()::text placing left(hex, 8) || '-' || right(hex, 4) || '-7' from 1 for 15)::uuid,
                   at, 'default',
                   case when n % 10 = 0 then jobs[1] when n % 10 < 8 then jobs[2 + n / 10 % (cardinality(jobs) - 1)] end,
                   case when is_rare then 'rare' else 'noop' end, 'default',
                   case when is_rare or n % 100 = 20 then 'FAILED' else 'SUCCEEDED' end,
                   case when n % 10 < 8 then 'SCHEDULE' else 'SUBMIT' end, 5, 0, at, 1, 'AT_LEAST_ONCE', 30000,
                   at, at + random() * interval '10 seconds',
                   case when is_rare then '{"team": "rare"}'::jsonb when n % 10 = 9 then '{"team": "all"}'::jsonb end
            from (select n, at, (n + offset_of_day) % 1000000 = 19 as is_rare,
                         lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') as hex
                  from (select n, ?::bigint as offset_of_day, midnight + n * (length / ?::bigint) as at
                        from generate_series(0, ?::bigint - 1) as n,
                             (select midnight, least(interval '1 day', now() - midnight) as length
                              from (select ((now() at time zone 'UTC')::date - ?::int)::timestamp at time zone 'UTC')
                                  as day (midnight)) as day) as placed) as made,
                 (select array_agg(id order by id) as jobs from job) as known
            """;

    /** A replica that starts does it at once, and not ten minutes after the one before. */
    @Language("SQL")
    private static final String HOUSEKEEPING_IS_DUE =
            """
            update qrtz_triggers set next_fire_time = (extract(epoch from now()) * 1000)::bigint
            where sched_name <> 'carillon'
            """;

    /** Those of the open day are made first. */
    @Language("SQL")
    private static final String MADE_OF_CLOSED_DAYS =
            """
            select (select count(*) from pg_class c join pg_index x on x.indexrelid = c.oid
                    where c.relname ~ '^execution_\\d{8}_(terms|labels|job_state)$' and x.indisvalid)
                 + (select count(*) from pg_inherits where inhparent = 'job_day'::regclass)
            """;

    @Override
    public String name() {
        return "listings";
    }

    @Override
    public void run(Rig rig) {
        try (var database = rig.server().create()) {
            try (var cluster = new CarillonSystem().start(rig, database, 1)) {
                for (int job = 1; job <= JOBS; job++) {
                    cluster.client()
                            .create(
                                    """
                                    {"name": "job-%d", "type": "noop", "enabled": false, "schedule": {"cron": "0 3 * * *"},
                                     "labels": {"site": "%s"}}
                                    """
                                            .formatted(job, job == 7 ? "rare" : "all"));
                }
            }
            fill(rig, database);
            try (var cluster = new CarillonSystem().start(rig, database, 1)) {
                Results.say("listings: closed days are indexed and counted");
                // Yesterday may have ended less than an hour ago.
                boolean isMade =
                        Await.until(
                                CLOSING_TIMEOUT,
                                () -> database.number(MADE_OF_CLOSED_DAYS) >= 4L * (DAYS - 1));
                if (!isMade) {
                    throw new BenchFailure("Closed days were not indexed and counted in time");
                }
                database.settle();
                String job = database.row("select min(id::text) from job", row -> row.getString(1));
                for (var path : paths(job)) {
                    measure(rig, cluster.client(), path, path.replace(job, "{id}"));
                }
                Statements.report(rig, database);
            }
        }
    }

    private static void fill(Rig rig, Database database) {
        database.execute(FORGET_COUNTED_DAYS);
        database.number(MAKE_DAYS, DAYS);
        database.execute(GIVE_AWAY_DAYS);
        database.execute("set session_replication_role = replica");
        long executions = rig.sizes().listedExecutions();
        long eachDay = executions / (DAYS + 1);
        for (int ago = DAYS; ago >= 0; ago--) {
            Results.say("listings: day %d of %d, %d executions", DAYS - ago + 1, DAYS + 1, eachDay);
            database.execute(FILL_DAY, eachDay * ago, eachDay, eachDay, ago);
        }
        database.execute("reset session_replication_role");
        database.execute(HOUSEKEEPING_IS_DUE);
        database.settle();
    }

    private static List<String> paths(String job) {
        String executions = "/api/v1/executions";
        return List.of(
                executions,
                executions + "?state=FAILED",
                executions + "?state=CANCELLED",
                executions + "?state=RUNNING",
                executions + "?type=rare",
                executions + "?type=none",
                executions + "?queue=none",
                executions + "?namespace=none",
                executions + "?state=FAILED&type=rare",
                executions + "?state=SUCCEEDED&type=rare",
                executions + "?label=team%3Drare",
                executions + "?label=team%3Dnone",
                executions + "?label=site%3Drare",
                executions + "?state=FAILED&label=team%3Dall",
                executions + "?state=FAILED&jobId=" + job,
                executions + "?type=rare&jobId=" + job,
                "/api/v1/jobs/" + job + "/executions?state=FAILED",
                "/api/v1/jobs/" + job + "/executions?state=CANCELLED",
                "/api/v1/jobs/" + job + "/stats",
                "/api/v1/jobs?label=site%3Drare",
                "/api/v1/jobs?label=site%3Dall");
    }

    private static void measure(Rig rig, CarillonClient client, String path, String name) {
        for (int request = 0; request < WARM_UP; request++) {
            client.read(path);
        }
        double[] millis = new double[REQUESTS];
        for (int request = 0; request < REQUESTS; request++) {
            long startNanos = System.nanoTime();
            client.read(path);
            millis[request] = (System.nanoTime() - startNanos) / 1e6;
        }
        Arrays.sort(millis);
        rig.results()
                .add(
                        new Result("listings", "carillon", 1)
                                .with("setting", name)
                                .with("executions", rig.sizes().listedExecutions())
                                .with("p50Ms", millis[REQUESTS / 2])
                                .with("p99Ms", millis[REQUESTS * 99 / 100])
                                .with("maxMs", millis[REQUESTS - 1]));
    }
}
