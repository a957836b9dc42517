/**
 * Reads and writes the table of executions; no other package writes it. {@link
 * io.carillon.execution.ledger.ExecutionInserts} makes rows for jobs, {@link
 * io.carillon.execution.ledger.SubmissionInserts} those that are submitted, {@link
 * io.carillon.execution.ledger.Claims} starts them (for the pools of replicas in {@link
 * io.carillon.execution.ledger.PoolClaims}, for remote workers in {@link
 * io.carillon.execution.ledger.TaskClaims}), {@link io.carillon.execution.ledger.ExecutionStore}
 * moves them on from there, {@link io.carillon.execution.ledger.ExecutionControl} cancels, moves
 * and releases them; {@link io.carillon.execution.ledger.ExecutionQueries} and {@link
 * io.carillon.execution.ledger.ExecutionListing} read; {@link
 * io.carillon.execution.ledger.Partitions} makes and drops the days.
 *
 * <p>Each change compares the state it leaves, and the epoch where a worker makes it; zero changed
 * rows is a normal result. An end is noted in the transaction that stores it ({@link
 * io.carillon.execution.ledger.Ends}), and other classes handle its effects, so that no two classes
 * call each other in a cycle, and each transaction locks executions once, in the order of their
 * ids. A row that PostgreSQL refuses is handled alone, {@linkplain
 * io.carillon.execution.ledger.RowByRow row by row}.
 */
@NullMarked
package io.carillon.execution.ledger;

import org.jspecify.annotations.NullMarked;
