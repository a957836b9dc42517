/**
 * Queues of namespaces: limits, pause and statistics. A queue is identified by its namespace and
 * name ({@link io.carillon.queue.QueueKey}). A row of {@code queue} exists before a job or an
 * execution names it ({@link io.carillon.queue.QueueStore#ensure}); the claim reads the rows
 * itself, so that a change takes effect with its commit.
 *
 * <p>What a queue holds is not counted on request: {@link io.carillon.queue.QueueCounts} counts
 * from time to time, on one replica for all, {@link io.carillon.queue.QueueWatch} reads the counts
 * on each replica, and answers say when they were made. {@link io.carillon.queue.QueueTraffic} adds
 * up the executions that end; how many came in follows from these two numbers, so statements that
 * queue executions need not count.
 */
@NullMarked
package io.carillon.queue;

import org.jspecify.annotations.NullMarked;
