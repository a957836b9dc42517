/**
 * The protocol for remote workers, in any language: they register, claim executions of type {@code
 * custom} over HTTP, run them, and report how they ended.
 *
 * <p>It is correct for the same reasons as replicas' own workers. A worker is a row whose heartbeat
 * is its lease, and the same {@code Rescuer} takes back the executions of a dead one. Executions
 * are claimed by the same kind of statements within the same limits, and every outcome is fenced by
 * the claim's epoch and stored in the same kind of batches. All state is in PostgreSQL, so any
 * replica can answer any call, and one that dies loses only the answers it had not sent.
 *
 * <p>A lost answer does no harm. If the answer to a claim is lost, the worker's heartbeats do not
 * name the executions, and after some seconds these are given back. If the answer to an outcome is
 * lost, the worker sends it again, and the same epoch with the same outcome gets the same answer.
 *
 * <p>The second part concerns targets that accept work and answer later, by a URL of {@link
 * io.carillon.callback.Callbacks}: the execution is {@code AWAITING}, and the answer is fenced by
 * the epoch of the attempt and stored as a worker's outcome is. A heartbeat is such an answer.
 *
 * <p>Workers are not trusted to observe timeouts: {@link io.carillon.remote.Overdue} ends
 * executions that have run for too long, and those whose answer does not come.
 */
@NullMarked
package io.carillon.remote;

import org.jspecify.annotations.NullMarked;
