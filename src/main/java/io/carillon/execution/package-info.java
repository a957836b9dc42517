/**
 * The vocabulary of executions: their states, the legal changes of state and their causes ({@link
 * io.carillon.execution.ExecutionTransitions}), their origins and their settings. The packages
 * above do the work: {@code ledger} reads and writes the table, {@code follow} decides which
 * executions wait for which, {@code submission} accepts submissions and replays, {@code dispatch}
 * runs executions, {@code api} has the endpoints.
 *
 * <p>Each claim raises the execution's epoch, and every later write names it. A worker that was
 * declared dead therefore changes nothing: its write matches no row. Between claim and outcome an
 * {@code AT_LEAST_ONCE} execution of a dead worker is queued again; an {@code AT_MOST_ONCE} one
 * fails, because it may have run.
 */
@NullMarked
package io.carillon.execution;

import org.jspecify.annotations.NullMarked;
