package io.carillon.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.intellij.lang.annotations.Language;

/** Quartz's replicas, driven by lines, and what they leave in their tables. */
final class QuartzCluster implements FiringCluster {
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    /** A trigger that has fired waits again for its next time; nothing else moves its row. */
    @Language("SQL")
    private static final String VIEWS =
            """
            create table bench_trigger (ordinal integer primary key, trigger_name varchar(200) not null);
            create view bench_waiting as
                select next_fire_time from qrtz_triggers where sched_name = 'bench' and trigger_name <> 'prototype';
            create view bench_fired as
                select trigger_name::text, prev_fire_time as due_millis, pg_xact_commit_timestamp(xmin) as committed_at
                from qrtz_triggers where sched_name = 'bench' and trigger_state = 'WAITING';
            """;

    @Language("SQL")
    private static final String NUMBER =
            "insert into bench_trigger select ordinal, 'trigger-' || ordinal from generate_series(1, ?) as ordinal";

    /** Copies of what Quartz's API has stored, whatever its columns. */
    @Language("SQL")
    private static final String COPY_TRIGGERS =
            """
            insert into qrtz_triggers
            select copy.* from bench_trigger b, qrtz_triggers prototype,
                   jsonb_populate_record(prototype, jsonb_build_object('trigger_name', b.trigger_name)) as copy
            where prototype.trigger_name = 'prototype'
            """;

    @Language("SQL")
    private static final String COPY_CRON_TRIGGERS =
            """
            insert into qrtz_cron_triggers
            select copy.* from bench_trigger b, qrtz_cron_triggers prototype,
                   jsonb_populate_record(prototype, jsonb_build_object('trigger_name', b.trigger_name)) as copy
            where prototype.trigger_name = 'prototype'
            """;

    @Language("SQL")
    private static final String BUSY =
            """
            select exists (select from qrtz_triggers where sched_name = 'bench' and trigger_state <> 'WAITING')
                   or exists (select from qrtz_fired_triggers)
            """;

    private final Rig rig;
    private final Database database;
    private final List<Replica> replicas;

    QuartzCluster(Rig rig, Database database, List<Replica> replicas) {
        this.rig = rig;
        this.database = database;
        this.replicas = replicas;
        database.execute(VIEWS);
    }

    @Override
    public void load(int jobs) {
        replicas.getFirst().ask("prototype", REPLY_TIMEOUT);
        database.execute(NUMBER, jobs);
        database.execute("analyze bench_trigger");
        // Without statistics PostgreSQL checks the foreign key of each by scanning their group.
        database.execute(COPY_TRIGGERS);
        database.execute("analyze qrtz_triggers");
        database.execute(COPY_CRON_TRIGGERS);
        database.settle();
    }

    @Override
    public void go(long firstDueMillis) {
        askAll("go");
    }

    @Override
    public void halt() {
        askAll("halt");
        if (!Await.until(REPLY_TIMEOUT, () -> !database.isTrue(BUSY))) {
            throw new BenchFailure("quartz: triggers are still being fired after standby");
        }
    }

    @Override
    public void verify(long rounds) {
        long executed = askAll("executed");
        if (executed != rounds) {
            throw new BenchFailure(
                    "quartz: its jobs ran %d times, %d firings are in its tables"
                            .formatted(executed, rounds));
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

    /** All at the same time, because Quartz takes a while to start; the sum of their counts. */
    private long askAll(String line) {
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            var counts =
                    replicas.stream()
                            .map(
                                    replica ->
                                            asking.submit(
                                                    () ->
                                                            Long.parseLong(
                                                                    replica.ask(
                                                                            line, REPLY_TIMEOUT))))
                            .toList();
            long sum = 0;
            for (var count : counts) {
                sum += count.get();
            }
            return sum;
        } catch (java.util.concurrent.ExecutionException failure) {
            throw failure.getCause() instanceof BenchFailure known
                    ? known
                    : new BenchFailure("Quartz's replicas cannot be told to " + line, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }
}
