/**
 * The programs that run executions, and their leases. A {@link io.carillon.worker.Worker} is the
 * pool inside this replica: a row whose heartbeat, renewed every second by the database's clock, is
 * the lease on everything the worker runs.
 *
 * <p>If a worker sends no heartbeat for the length of the lease, any other replica marks it {@code
 * FAILED} and takes its executions back. Its row can never renew again, so the worker finds out at
 * its next beat and starts over under a new id. A worker that cannot renew stops its executions
 * before the lease ends.
 *
 * <p>The capacity of a worker is in its row too: {@code POST /workers/scale} changes it there, and
 * every beat reads it; a notification only makes the next beat come at once. A replica that
 * restarts has its configured capacity.
 */
@NullMarked
package io.carillon.worker;

import org.jspecify.annotations.NullMarked;
