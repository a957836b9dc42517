package io.carillon.bench;

import java.util.List;

/**
 * Running replicas of a {@link FiringSystem}. All have a table {@code qrtz_triggers}; beside it
 * they make, for the bench to look at,
 *
 * <ul>
 *   <li>the table {@code bench_trigger (ordinal, trigger_name)}, from 1 in the order of creation;
 *   <li>the view {@code bench_waiting (next_fire_time)} of what has not fired;
 *   <li>the view {@code bench_fired (trigger_name, due_millis, committed_at)}.
 * </ul>
 */
interface FiringCluster extends AutoCloseable {
    /** Schedules recurring jobs by set-based SQL, as its own API would, all far from due. */
    void load(int jobs);

    /** Told when triggers were made due: from now on they are fired. */
    void go(long firstDueMillis);

    /** Nothing fires any more when this returns, until {@link #go}. */
    void halt();

    /**
     * Compares what was fired with what the replicas themselves know of it.
     *
     * @param rounds all that was fired since the start
     */
    void verify(long rounds);

    List<Replica> replicas();

    @Override
    void close();
}
