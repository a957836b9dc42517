/**
 * Events: what happened to jobs, executions, queues and workers, in an order that readers can
 * follow.
 *
 * <p>An event is written in the transaction in which it happens: {@code execution.ledger.Ends}
 * writes the ends of a batch as one row, {@code audit.AuditLog} each change, {@code
 * worker.WorkerStore} what becomes of workers. Numbers come from a sequence, and transactions do
 * not commit in the order of their numbers. So each holds a shared advisory lock from before its
 * first number to its end, whose key is a number below all of its own; a reader reads up to the
 * lowest such key, and never past an event that is still to come. Nothing but a transaction that
 * writes events itself can hold readers up, and where nobody reads, nothing runs.
 */
@NullMarked
package io.carillon.event;

import org.jspecify.annotations.NullMarked;
