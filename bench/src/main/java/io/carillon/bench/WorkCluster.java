package io.carillon.bench;

/**
 * Running replicas of a {@link WorkSystem}, and no-op executions for them. Handlers are counted by
 * the replicas, what is left and what is kept by the rows in PostgreSQL.
 */
interface WorkCluster extends AutoCloseable {
    /** From now on {@link #firstStartMillis} is that of the first that starts. */
    void mark();

    /**
     * Inserts executions that are due, a millisecond apart, by set-based SQL: copies of what the
     * system's own interface has stored, and whatever that does to wake the replicas. In the open
     * transaction of the bench, so that all can be claimed from its commit on and not before.
     */
    void insert(int count);

    /** Statistics for the planner, in the transaction of {@link #insert}. */
    void analyze();

    /** Submits executions due at once through its own interface. */
    void submitBatch(int count);

    /**
     * Has executions submitted as fast as they are taken, from where its users would submit them.
     *
     * @param limit how many in all
     * @param backlog how many of them may wait at a time
     */
    Feed feed(long limit, long backlog);

    /** Submits executions ahead of their time, evenly spaced. */
    void schedule(int count, int perSecond, long firstMillis);

    /** How many handlers have run since the start. */
    long executed();

    /** Whether anything is not finished, by its rows. */
    boolean isLeft();

    /** When the first execution since {@link #mark} started. */
    long firstStartMillis();

    /** How long after their instants those executions started that were due since then. */
    Delays delays(long fromDueMillis);

    /**
     * Fails unless so many were executed, each once, and the rows say so.
     *
     * @param executions since the start
     */
    void verify(long executions);

    @Override
    void close();

    /** Submissions that go on while the bench looks at something else. */
    interface Feed {
        /** Returns when all up to the limit are submitted. */
        void awaitAll();

        /** Ends it; returns how many were submitted. */
        long stop();
    }

    /**
     * Milliseconds.
     *
     * @param doneP99 until the outcome was committed; NaN where no row says when that was
     */
    record Delays(int count, double min, double p50, double p99, double max, double doneP99) {}
}
