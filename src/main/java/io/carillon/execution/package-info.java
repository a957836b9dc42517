/**
 * The words of executions: their states, which change of state is legal and what causes it ({@link
 * io.carillon.execution.ExecutionTransitions}), where they come from, and their settings. Rooms
 * above do the work: {@code ledger} reads and writes the table, {@code follow} decides who waits
 * for whom, {@code submission} takes in what clients submit and replay, {@code dispatch} runs,
 * {@code api} answers.
 *
 * <p>Each claim raises the execution's epoch, and every later write names it. A worker that was
 * taken for dead therefore changes nothing: its write matches no row. Between claim and outcome an
 * {@code AT_LEAST_ONCE} execution of a dead worker is queued again; an {@code AT_MOST_ONCE} one
 * fails, because it may have run.
 */
@NullMarked
package io.carillon.execution;

import org.jspecify.annotations.NullMarked;
