/**
 * Executions: the ledger's rows and what moves them. Four classes hold every statement that makes
 * or changes one: {@link io.carillon.execution.ExecutionInserts} makes them, {@link
 * io.carillon.execution.Claims} starts them, {@link io.carillon.execution.ExecutionStore} takes
 * them on from there, {@link io.carillon.execution.ExecutionControl} cancels, moves and releases
 * them; which change is legal says {@link io.carillon.execution.ExecutionTransitions}. {@link
 * io.carillon.execution.Dispatcher} claims and runs, {@link
 * io.carillon.execution.CompletionBatcher} stores outcomes, {@link io.carillon.execution.Promoter}
 * queues what has come due, {@link io.carillon.execution.Rescuer} takes back the work of dead
 * workers, {@link io.carillon.execution.Partitions} makes and drops the days, and deletes what has
 * none. Runs come in by {@link io.carillon.execution.Submissions}, {@link
 * io.carillon.execution.JobRuns} and {@link io.carillon.execution.Replays}; who waits for whom is
 * with {@link io.carillon.execution.Overlaps}, {@link io.carillon.execution.Ends} and {@link
 * io.carillon.execution.Followers}.
 *
 * <p>What an end brings about is noted by whoever stores it, and worked off by others: no two
 * classes call each other in a circle, and each transaction locks executions once, in the order of
 * their ids. A row that PostgreSQL refuses is met alone: outcomes are halved by the batcher, the
 * rest is done {@linkplain io.carillon.execution.RowByRow row by row}.
 *
 * <p>Each claim raises the execution's epoch, and every later write names it. A worker that was
 * taken for dead therefore changes nothing: its write matches no row. Between claim and outcome an
 * {@code AT_LEAST_ONCE} execution of a dead worker is queued again; an {@code AT_MOST_ONCE} one
 * fails, because it may have run.
 */
@NullMarked
package io.carillon.execution;

import org.jspecify.annotations.NullMarked;
