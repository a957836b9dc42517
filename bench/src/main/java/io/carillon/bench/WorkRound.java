package io.carillon.bench;

import java.time.Duration;

/**
 * One drain: a backlog becomes visible to the replicas with one commit, and is worked off. It lasts
 * from the start of the first execution until nothing is left, which is seen within some 10 ms; how
 * long the system took to notice that there is work is told beside it.
 *
 * @param pickUpMillis from the commit to the start of the first
 */
record WorkRound(int executions, double seconds, double pickUpMillis, Meter.Cost cost) {
    private static final int LEAST_PAUSE = 10;
    private static final int MAX_PAUSE = 200;
    private static final Duration LONGEST = Duration.ofSeconds(120);

    /**
     * @param executedBefore by this cluster
     */
    static WorkRound run(
            Database database, WorkCluster cluster, int executions, long executedBefore) {
        var meter = queue(database, cluster, executions);
        long committedMillis = database.nowMillis();
        awaitDone(cluster, executedBefore + executions, LONGEST);
        double doneMillis = database.nowMillis();
        var cost = meter.stop();
        long firstMillis = cluster.firstStartMillis();
        return new WorkRound(
                executions,
                (doneMillis - firstMillis) / 1000,
                Math.max(0, firstMillis - committedMillis),
                cost);
    }

    /** All are queued when this returns; what they cost counts from before. */
    static Meter queue(Database database, WorkCluster cluster, int executions) {
        database.settle();
        cluster.mark();
        database.execute("begin");
        cluster.insert(executions);
        cluster.analyze();
        database.execute("commit");
        return Meter.start(database);
    }

    /**
     * Looks seldom while much is left, because to be asked costs a system something, and often
     * towards the end.
     *
     * @param executed by this cluster since its start
     */
    static void awaitDone(WorkCluster cluster, long executed, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long left = executed - cluster.executed();
        while (left > 0 || cluster.isLeft()) {
            if (System.nanoTime() > deadline) {
                throw new BenchFailure(
                        "%d of %d executions are not done within %s"
                                .formatted(left, executed, limit));
            }
            pauseFor(left);
            left = left > 0 ? executed - cluster.executed() : 0;
        }
    }

    /** Returns how many more were executed when it was seen; fails after the limit. */
    static long awaitExecuted(WorkCluster cluster, long executed, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long left = executed - cluster.executed();
        while (left > 0) {
            if (System.nanoTime() > deadline) {
                throw new BenchFailure(
                        "%d of %d executions have not run within %s"
                                .formatted(left, executed, limit));
            }
            pauseFor(left);
            left = executed - cluster.executed();
        }
        return -left;
    }

    private static void pauseFor(long left) {
        Await.pause(Duration.ofMillis(Math.clamp(left / 50, LEAST_PAUSE, MAX_PAUSE)));
    }

    double perSecond() {
        return executions / seconds;
    }
}
