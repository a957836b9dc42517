package io.carillon.bench;

import java.time.Duration;
import java.util.List;

/** A peer's replicas, driven by lines, and what they leave in their tables. */
final class PeerWorkCluster implements WorkCluster {
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SUBMIT_TIMEOUT = Duration.ofMinutes(3);

    private final Rig rig;
    private final Database database;
    private final PeerTables tables;
    private final List<Replica> replicas;

    PeerWorkCluster(Rig rig, Database database, PeerTables tables, List<Replica> replicas) {
        this.rig = rig;
        this.database = database;
        this.tables = tables;
        this.replicas = replicas;
        replicas.getFirst().ask("prototype", REPLY_TIMEOUT);
        database.execute(tables.keepPrototype());
        database.execute(tables.remove());
        replicas.forEach(replica -> replica.ask("start", REPLY_TIMEOUT));
    }

    @Override
    public void mark() {
        replicas.forEach(replica -> replica.ask("mark", REPLY_TIMEOUT));
    }

    @Override
    public void insert(int count) {
        database.execute(tables.insert(), count);
    }

    @Override
    public void analyze() {
        database.execute("analyze " + tables.table());
    }

    @Override
    public void submitBatch(int count) {
        replicas.getFirst().ask("submit " + count, SUBMIT_TIMEOUT);
    }

    /** A library's users submit from their own process: here the first replica's. */
    @Override
    public Feed feed(long limit, long backlog) {
        var replica = replicas.getFirst();
        replica.ask("feed " + limit + " " + backlog, REPLY_TIMEOUT);
        return new Feed() {
            @Override
            public void awaitAll() {
                replica.ask("fed", SUBMIT_TIMEOUT);
            }

            @Override
            public long stop() {
                return Long.parseLong(replica.ask("stop", SUBMIT_TIMEOUT));
            }
        };
    }

    @Override
    public void schedule(int count, int perSecond, long firstMillis) {
        replicas.getFirst()
                .ask("schedule " + count + " " + perSecond + " " + firstMillis, SUBMIT_TIMEOUT);
    }

    @Override
    public long executed() {
        return replicas.stream()
                .mapToLong(replica -> Long.parseLong(replica.ask("executed", REPLY_TIMEOUT)))
                .sum();
    }

    @Override
    public boolean isLeft() {
        return database.isTrue(tables.isLeft());
    }

    @Override
    public long firstStartMillis() {
        return replicas.stream()
                .mapToLong(replica -> Long.parseLong(replica.ask("first", REPLY_TIMEOUT)))
                .filter(millis -> millis > 0)
                .min()
                .orElseThrow(() -> new BenchFailure("nothing was started"));
    }

    /** With one replica, which knows them all. */
    @Override
    public Delays delays(long fromDueMillis) {
        String[] values =
                replicas.getFirst().ask("delays " + fromDueMillis, REPLY_TIMEOUT).split(" ", -1);
        return new Delays(
                Integer.parseInt(values[0]),
                Double.parseDouble(values[1]),
                Double.parseDouble(values[2]),
                Double.parseDouble(values[3]),
                Double.parseDouble(values[4]),
                Double.NaN);
    }

    @Override
    public void verify(long executions) {
        long executed = executed();
        long kept = database.number(tables.kept());
        if (executed != executions || kept != (tables.keepsHistory() ? executions : 0)) {
            throw new BenchFailure(
                    "%s: of %d executions %d were executed, %d rows are kept"
                            .formatted(tables.table(), executions, executed, kept));
        }
    }

    @Override
    public void close() {
        rig.processes().stop(replicas);
    }
}
