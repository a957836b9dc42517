/**
 * Executions: the ledger's rows and what moves them. {@link io.carillon.execution.ExecutionStore}
 * holds every statement that writes one; {@link io.carillon.execution.Dispatcher} claims and runs,
 * {@link io.carillon.execution.CompletionBatcher} stores outcomes, {@link
 * io.carillon.execution.Promoter} queues what has come due, {@link io.carillon.execution.Rescuer}
 * takes back the work of dead workers, {@link io.carillon.execution.Partitions} makes and drops the
 * days.
 *
 * <p>Each claim raises the execution's epoch, and every later write names it. A worker that was
 * taken for dead therefore changes nothing: its write matches no row. Between claim and outcome an
 * {@code AT_LEAST_ONCE} execution of a dead worker is queued again; an {@code AT_MOST_ONCE} one
 * fails, because it may have run.
 */
@NullMarked
package io.carillon.execution;

import org.jspecify.annotations.NullMarked;
