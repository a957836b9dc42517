/**
 * The protocol for workers elsewhere, in any language: they register, claim executions of type
 * {@code custom} over HTTP, run them, and say how they ended.
 *
 * <p>What makes it right is what makes replicas' own workers right. A worker is a row whose
 * heartbeat is its lease, and one that is silent is rescued by the same {@code Rescuer}; an
 * execution is claimed by the same statements within the same limits, and every outcome is fenced
 * by the claim's epoch and stored by the same batches. All state is in PostgreSQL, so any replica
 * answers any call, and one that dies takes nothing with it but the answers it owed.
 *
 * <p>An answer that is lost costs nothing. Of a claim: the worker's heartbeats do not name what it
 * never heard of, and after some seconds that is given back. Of an outcome: the worker says it
 * again, and the same epoch with the same outcome is answered the same.
 *
 * <p>What a worker cannot be trusted with is done here: {@link io.carillon.remote.Overdue} ends
 * what has run for longer than it may.
 */
@NullMarked
package io.carillon.remote;

import org.jspecify.annotations.NullMarked;
