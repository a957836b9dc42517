package io.carillon.bench;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.intellij.lang.annotations.Language;

/** Carillon's replicas: executions come over HTTP, what became of them is in the ledger. */
final class CarillonWorkCluster implements WorkCluster {
    /** So seldom are metrics asked for while executions are fed: answering costs the replica. */
    private static final long COUNT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final String NOOP = "{\"type\":\"noop\"}";
    private static final String NOOP_AT = "{\"type\":\"noop\",\"runAt\":\"%s\"}";
    private static final Instant FAR_AHEAD = Instant.parse("2100-01-01T00:00:00Z");

    @Language("SQL")
    private static final String KEEP_PROTOTYPE =
            "create table bench_prototype as select * from execution where state = 'SCHEDULED'";

    @Language("SQL")
    private static final String REMOVE_PROTOTYPE = "delete from execution";

    /** Copies of what the API has stored, whatever its columns; ids as the API makes them. */
    @Language("SQL")
    private static final String INSERT =
            """
            insert into execution
            select copy.*
            from bench_prototype prototype,
                 (select ordinal, (extract(epoch from now()) * 1000)::bigint - ?::integer + ordinal as millis
                  from generate_series(1, ?::integer) as ordinal) as due,
                 lpad(to_hex(due.millis), 12, '0') as hex,
                 jsonb_populate_record(prototype, jsonb_build_object(
                     'namespace', case when ? = 1 then 'default' else 'n' || due.ordinal % ? end,
                     'id', overlay(uuidv7()::text placing left(hex, 8) || '-' || right(hex, 4) from 1 for 13),
                     'scheduled_at', timestamptz 'epoch' + due.millis * interval '1 millisecond',
                     'run_at', timestamptz 'epoch' + due.millis * interval '1 millisecond',
                     'order_key', prototype.order_key - epoch_millis(prototype.run_at) + due.millis,
                     'state', 'QUEUED',
                     'created_at', clock_timestamp())) as copy
            """;

    /** Scalar subqueries with an order, so that each is one look into its partial index. */
    @Language("SQL")
    private static final String IS_LEFT =
            """
            select coalesce((select 1 from execution where state = 'QUEUED' and task is null
                             order by namespace, queue, order_key limit 1),
                            (select 1 from execution where state = 'RUNNING' order by worker_id limit 1),
                            (select 1 from execution where state in ('SCHEDULED', 'RETRYING') order by run_at limit 1))
                   is not null
            """;

    @Language("SQL")
    private static final String FIRST_START =
            """
            select (extract(epoch from min(started_at)) * 1000)::bigint from execution
            where started_at >= timestamptz 'epoch' + ?::bigint * interval '1 millisecond'
            """;

    /** The start is when the claim was made; until the commit of the outcome is an upper bound. */
    @Language("SQL")
    private static final String DELAYS =
            """
            with delay as (
                select extract(epoch from started_at - run_at) * 1000 as start,
                       extract(epoch from pg_xact_commit_timestamp(xmin) - run_at) * 1000 as done
                from execution where state = 'SUCCEEDED'
                  and run_at >= timestamptz 'epoch' + ?::bigint * interval '1 millisecond')
            select count(*), min(start), percentile_disc(0.5) within group (order by start),
                   percentile_disc(0.99) within group (order by start), max(start),
                   percentile_disc(0.99) within group (order by done)
            from delay
            """;

    @Language("SQL")
    private static final String DONE_ONCE =
            "select count(*) from execution where state = 'SUCCEEDED' and attempt = 1";

    private final Database database;
    private final CarillonCluster cluster;
    private final AtomicLong countedNanos = new AtomicLong(System.nanoTime() - COUNT_EVERY_NANOS);
    private volatile long lately;
    private long markedMillis;
    private int namespaces = 1;

    CarillonWorkCluster(Database database, CarillonCluster cluster) {
        this(database, cluster, NOOP_AT);
    }

    /**
     * @param inserted a submission of what {@link #insert} copies, {@code %s} being its {@code
     *     runAt}
     */
    CarillonWorkCluster(Database database, CarillonCluster cluster, String inserted) {
        this.database = database;
        this.cluster = cluster;
        cluster.client().submitBatch(batch(List.of(inserted.formatted(FAR_AHEAD))), 1);
        database.execute(KEEP_PROTOTYPE);
        database.execute(REMOVE_PROTOTYPE);
    }

    /** For what is not submitted but fired, and for its replicas. */
    CarillonCluster firing() {
        return cluster;
    }

    /** From now on, what is inserted is of as many namespaces. */
    void spreadOver(int count) {
        namespaces = count;
        database.execute(
                "insert into queue (namespace, name) select 'n' || n, 'default' from generate_series(0, ?) as n"
                        + " on conflict do nothing",
                count);
    }

    @Override
    public void mark() {
        markedMillis = database.nowMillis();
    }

    @Override
    public void insert(int count) {
        database.execute(INSERT, count, count, namespaces, namespaces);
        database.execute("select pg_notify('carillon', 'WORK ')");
    }

    @Override
    public void analyze() {
        database.execute("analyze execution");
    }

    void submit(String submission) {
        cluster.client().submitBatch(batch(List.of(submission)), 1);
    }

    @Override
    public void submitBatch(int count) {
        cluster.client().submitBatch(batch(Collections.nCopies(count, NOOP)), count);
    }

    @Override
    public Feed feed(long limit, long backlog) {
        return Feeder.start(this::submitBatch, this::executedLately, limit, backlog);
    }

    @Override
    public void schedule(int count, int perSecond, long firstMillis) {
        for (int from = 0; from < count; from += Feeder.BATCH) {
            int size = Math.min(Feeder.BATCH, count - from);
            var batch =
                    IntStream.range(from, from + size)
                            .mapToObj(index -> firstMillis + index * 1000L / perSecond)
                            .map(due -> NOOP_AT.formatted(Instant.ofEpochMilli(due)))
                            .toList();
            cluster.client().submitBatch(batch(batch), size);
        }
    }

    @Override
    public long executed() {
        return cluster.clients().stream().mapToLong(CarillonClient::executed).sum();
    }

    @Override
    public boolean isLeft() {
        cluster.replicas().forEach(Replica::requireAlive);
        return database.isTrue(IS_LEFT);
    }

    @Override
    public long firstStartMillis() {
        return database.number(FIRST_START, markedMillis);
    }

    @Override
    public Delays delays(long fromDueMillis) {
        return database.row(
                DELAYS,
                row ->
                        new Delays(
                                row.getInt(1),
                                row.getDouble(2),
                                row.getDouble(3),
                                row.getDouble(4),
                                row.getDouble(5),
                                row.getDouble(6)),
                fromDueMillis);
    }

    @Override
    public void verify(long executions) {
        long done = database.number(DONE_ONCE);
        long rows = database.number("select count(*) from execution");
        long counted = executed();
        if (done != executions || rows != executions || counted != executions) {
            throw new BenchFailure(
                    "carillon: of %d executions %d are done once, %d in the ledger, %d counted"
                            .formatted(executions, done, rows, counted));
        }
    }

    @Override
    public void close() {
        cluster.close();
    }

    private long executedLately() {
        long last = countedNanos.get();
        long now = System.nanoTime();
        if (now - last >= COUNT_EVERY_NANOS && countedNanos.compareAndSet(last, now)) {
            lately = executed();
        }
        return lately;
    }

    private static String batch(List<String> executions) {
        return "{\"executions\":[" + String.join(",", executions) + "]}";
    }
}
