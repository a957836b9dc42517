/**
 * Every read and write of the table of executions; no other room writes it. {@link
 * io.carillon.execution.ledger.ExecutionInserts} makes rows for jobs, {@link
 * io.carillon.execution.ledger.SubmissionInserts} those that are submitted, {@link
 * io.carillon.execution.ledger.Claims} starts them, {@link
 * io.carillon.execution.ledger.ExecutionStore} takes them on from there, {@link
 * io.carillon.execution.ledger.ExecutionControl} cancels, moves and releases them; {@link
 * io.carillon.execution.ledger.ExecutionQueries} and {@link
 * io.carillon.execution.ledger.ExecutionListing} read; {@link
 * io.carillon.execution.ledger.Partitions} makes and drops the days.
 *
 * <p>Each change compares the state it leaves, and the epoch where a worker makes it; no row
 * changed is a normal result. What an end brings about is noted in the transaction that stores it
 * ({@link io.carillon.execution.ledger.Ends}) and worked off by others, so that no two classes call
 * each other in a circle, and each transaction locks executions once, in the order of their ids. A
 * row that PostgreSQL refuses is met alone, {@linkplain io.carillon.execution.ledger.RowByRow row
 * by row}.
 */
@NullMarked
package io.carillon.execution.ledger;

import org.jspecify.annotations.NullMarked;
