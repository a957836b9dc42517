/**
 * The programs that run executions, and their leases. A {@link io.carillon.worker.Worker} is the
 * pool inside this replica: a row whose heartbeat, renewed every second by the database's clock, is
 * the lease on everything the worker runs.
 *
 * <p>A worker that is silent for the length of the lease is marked {@code FAILED} by any other
 * replica and its executions are taken back; from then on its row never renews again, so that it
 * finds out at its next beat and starts over under a new id. A worker that cannot renew stops what
 * it runs before the lease ends.
 *
 * <p>How much a worker runs is in its row too: {@code POST /workers/scale} changes it there, and
 * every beat reads it; a notification only makes the next beat come at once. A replica that starts
 * again has its configured capacity.
 */
@NullMarked
package io.carillon.worker;

import org.jspecify.annotations.NullMarked;
