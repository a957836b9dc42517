/**
 * Queues: limits, pause and statistics. A row of {@code queue} exists before a job or an execution
 * names it ({@link io.carillon.queue.QueueStore#ensure}); the claim reads the rows itself, so that
 * a change takes effect with its commit.
 *
 * <p>What a queue holds is not counted when somebody asks: {@link io.carillon.queue.QueueCounts}
 * counts now and then, on one replica for all, {@link io.carillon.queue.QueueSampler} reads that on
 * each, and answers say when it was counted. What leaves is added up by {@link
 * io.carillon.queue.QueueTraffic}; what comes in follows from the two, so that no statement that
 * queues something has to count.
 */
@NullMarked
package io.carillon.queue;

import org.jspecify.annotations.NullMarked;
